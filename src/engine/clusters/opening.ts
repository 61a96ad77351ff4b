import { existsSync } from "node:fs";
import { join } from "node:path";
import { listIfThere, readIfThere, writeAtomic } from "../../base/files.ts";
import { identify, isAlive, parseProcess } from "../../base/processes.ts";
import { attemptsOf, openJournal, readJournal } from "../../journal/journal.ts";
import { makeTarget } from "../../targets/index.ts";
import type { Places, Target } from "../../targets/target.ts";
import {
  clusterFolder,
  clustersFolder,
  forgetCluster,
  readCluster,
  rememberCluster,
} from "./records.ts";

/** Lies beside the journal while a cluster is being opened: by whom, should that process end. */
interface Opening {
  run: string;
  kind: string;
  target: string;
  process: string;
}

const openingFile = (name: string) => join(clusterFolder(name), "opening.json");

export function noteOpening(name: string, run: string, { kind, name: target }: Target): void {
  const by = JSON.stringify(identify(process.pid));
  const opening: Opening = { run, kind, target, process: by };
  writeAtomic(openingFile(name), JSON.stringify(opening));
}

/** Ends what an opening that did not come to its end has made; whether all of it is gone, or stays under its name. */
export async function endOpening(
  name: string,
  target: Target,
  run: string,
  places: Places,
  env: NodeJS.ProcessEnv,
  wait: boolean,
): Promise<boolean> {
  const folder = clusterFolder(name);
  const closing = await target
    .recover({
      ...{ run, folder, places, env, wait },
      attempts: () => attemptsOf(readJournal(folder)),
      act: openJournal(folder),
      ...(wait ? {} : { signal: AbortSignal.timeout(8000) }),
    })
    .then((found) => {
      // It was open, and only this was not written yet.
      if (found.kept) rememberCluster(found.kept);
      return found;
    })
    .catch(() => undefined);
  if (!closing) return false;
  if (closing.kept) return true;
  const stays = closing.remains.some((one) => one.startsWith("cluster "));
  const gone = (closing.pending ?? []).length === 0 && !stays;
  if (gone) forgetCluster(name);
  return gone;
}

/** Clusters whose opening was killed: they are ended, as nobody waits for them. Their names, where they are not gone yet. */
export async function recoverOpenings(env: NodeJS.ProcessEnv): Promise<string[]> {
  const pending: string[] = [];
  for (const name of listIfThere(clustersFolder()))
    if (!(await recoverOpening(name, env, false))) pending.push(name);
  return pending;
}

/** Whether nothing is left of an opening of this name that was killed. */
export async function recoverOpening(
  name: string,
  env: NodeJS.ProcessEnv,
  wait: boolean,
): Promise<boolean> {
  if (readCluster(name) || !existsSync(openingFile(name))) return true;
  const opening = parse(readIfThere(openingFile(name)));
  const by = parseProcess(opening?.process);
  if (!opening || (by && isAlive(by))) return true;
  const target = await makeTarget(opening.kind, opening.target);
  const places = { state: clusterFolder(name), mounts: {}, liveS3: true };
  return endOpening(name, target, opening.run, places, env, wait);
}

function parse(text: string | undefined): Opening | undefined {
  try {
    return JSON.parse(text ?? "") as Opening;
  } catch {
    return undefined;
  }
}
