import { type Clock, systemClock } from "../../../base/clock.ts";
import { toMayflyError } from "../../../base/errors.ts";
import type { Ours } from "../../../model/cluster.ts";
import type { Act } from "../../../model/run.ts";
import type { ChangeContext } from "../../clusters.ts";
import type { Ended } from "../../target.ts";
import type { Account } from "../account.ts";
import { hourlyText } from "../money/remains.ts";
import { clientsOf } from "../own/own.ts";
import { removeOwn } from "../own/remove.ts";
import { isPassing } from "../poll.ts";
import { hasEnded, lookAt } from "./cluster.ts";
import { findClusters } from "./find.ts";
import { DO, placed } from "./intents.ts";
import { TAGS, tagsOf } from "./tags.ts";

/** How long a cluster takes to end at most; EMR's own bound for it is not known. */
const PATIENCE_MS = 30 * 60_000;

/** Ends what carries our tags, by their word and not by any journal's, and returns when it is gone. */
export async function endOurs(
  account: Account,
  ours: Ours[],
  context: ChangeContext & { unprotect: boolean },
  clock: Clock = systemClock,
): Promise<Ended> {
  const closing: Ended = { gone: [], remains: [], pending: [] };
  const asked: Ours[] = [];
  for (const one of ours.filter(({ what }) => what === "cluster")) {
    const kept = await askToEnd(account, one, context);
    if (kept === undefined) asked.push(one);
    else closing.remains.push(kept);
  }
  const until = clock.now() + PATIENCE_MS;
  for (const one of asked) {
    let gone = await isGone(account, one);
    for (
      ;
      !gone && clock.now() < until && !context.signal?.aborted;
      gone = await isGone(account, one)
    )
      await clock.sleep(1000, context.signal);
    if (gone) closing.gone.push(`cluster ${one.id}`);
    else closing.pending.push(`cluster ${one.id}${await hourlyText(account, one.id, context.env)}`);
  }
  await endSurroundings(account, ours, closing, context, clock);
  return closing;
}

/** What stood around clusters: of a run whose cluster is not gone it stays. */
async function endSurroundings(
  account: Account,
  ours: Ours[],
  closing: Ended,
  { act, brief }: ChangeContext,
  clock: Clock,
): Promise<void> {
  const { ec2 } = clientsOf(account.aws);
  const live = (await findClusters(account)).map(({ tags }) => tags.get(TAGS.run));
  const around = ours.filter(({ what }) => what !== "cluster");
  for (const { run, owner } of around) {
    if (live.includes(run)) continue;
    live.push(run); // once for each run
    const placedAct: Act = (intent, call, seen) => act(placed(intent, account.where), call, seen);
    try {
      const tries = brief ? 1 : undefined;
      const { gone, remains } = await removeOwn(ec2, { run, owner }, placedAct, clock, tries);
      closing.gone.push(...gone);
      closing.remains.push(...remains);
    } catch (error) {
      // It holds up nothing else.
      const { message } = toMayflyError(error, "remove what was made for it");
      closing.remains.push(`what was made for run ${run}: ${message}`);
    }
  }
}

/** Why it stays, or undefined when it was asked to go. Its tags are looked at once more, right before. */
async function askToEnd(
  account: Account,
  { id, run, owner }: Ours,
  { act, unprotect, emit, env }: ChangeContext & { unprotect: boolean },
): Promise<string | undefined> {
  const { emr, where } = account;
  const costs = () => hourlyText(account, id, env);
  try {
    const found = await lookAt(emr, id);
    if (!found || /^TERMINAT/.test(found.Status.State)) return undefined;
    const tags = tagsOf(found);
    if (tags.get(TAGS.run) !== run || tags.get(TAGS.owner) !== owner)
      return `cluster ${id}: its tags are others by now${await costs()}`;
    if (found.TerminationProtected) {
      if (!unprotect) return `cluster ${id}: it is protected from termination${await costs()}`;
      await act(placed({ do: DO.unprotect, id: `unprotect-${id}`, cluster: id }, where), () =>
        emr.protect(id, false),
      );
    }
    await act(placed({ do: DO.terminate, id: `terminate-${id}`, cluster: id }, where), () =>
      emr.terminate(id),
    );
    const busy = found.Status.State === "RUNNING" ? "; the step that runs on it ends with it" : "";
    emit({ code: "note", text: `cluster ${id} is asked to end${busy}` });
    return undefined;
  } catch (error) {
    return `cluster ${id}: ${toMayflyError(error, "end it").message}`;
  }
}

async function isGone({ emr }: Account, { id }: Ours): Promise<boolean> {
  try {
    const found = await lookAt(emr, id);
    return !found || hasEnded(found.Status.State);
  } catch (error) {
    if (isPassing(error)) return false;
    throw error;
  }
}
