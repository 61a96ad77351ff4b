import { MayflyError } from "../../base/errors.ts";
import { openJournal } from "../../journal/journal.ts";
import type { ClusterRecord } from "../../model/cluster.ts";
import type { Emit } from "../../model/event.ts";
import { clusterFolder, clusterNamed } from "./records.ts";
import { keeperOf } from "./targets.ts";

export interface ChangeRequest {
  cluster: string | undefined;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

const LONGEST_MS = 366 * 86_400_000;

const contextOf = ({ env, signal }: ChangeRequest, record: ClusterRecord, emit: Emit) => ({
  ...{ env, signal, emit },
  act: openJournal(clusterFolder(record.name)),
});

/** Another machine may have ended it, or its timer. */
async function lookAtOpen(record: ClusterRecord, request: ChangeRequest, verb: string) {
  const now = await (await keeperOf(record)).look(record, request);
  if (now && now.state !== "ending" && now.state !== "ended") return now;
  throw new MayflyError(
    "refused",
    `cannot ${verb} "${record.name}": its cluster ${record.id} is ${now?.state ?? "not known"}`,
    `open another one: mayfly up ${record.name}`,
  );
}

/** To so many workers, beside its primary. */
export async function resize(
  request: ChangeRequest,
  workers: number,
  emit: Emit,
): Promise<ClusterRecord> {
  const record = clusterNamed(request.cluster);
  const keeper = await keeperOf(record);
  await lookAtOpen(record, request, "resize");
  await keeper.resize(record, workers, contextOf(request, record, emit));
  return record;
}

export interface ExtendRequest extends ChangeRequest {
  /** When it ended by the look that somebody decides upon: what has been changed since is not changed on top. */
  from?: number;
}

/** So much longer than it would have lived; tells until when. */
export async function extend(
  request: ExtendRequest,
  ms: number,
  emit: Emit,
): Promise<{ record: ClusterRecord; endsAt: number }> {
  const record = clusterNamed(request.cluster);
  if (ms <= 0 || ms > LONGEST_MS)
    throw new MayflyError(
      "usage",
      `cannot extend "${record.name}" by ${ms / 1000} seconds`,
      "a time from a second to a year",
    );
  const keeper = await keeperOf(record);
  const now = await lookAtOpen(record, request, "extend");
  if (request.from !== undefined && now.endsAt !== undefined && request.from !== now.endsAt)
    throw new MayflyError(
      "refused",
      `cannot extend "${record.name}": its end has been changed meanwhile, to ${new Date(now.endsAt).toISOString()}`,
      "look again, and extend it once more if that is too soon",
    );
  const endsAt = (now.endsAt ?? Date.now()) + ms;
  const seconds = Math.ceil((endsAt - now.createdAt) / 1000);
  await keeper.setTtl(record, seconds, contextOf(request, record, emit));
  return { record, endsAt };
}
