import { type Clock, systemClock } from "../../../base/clock.ts";
import { MayflyError, toMayflyError } from "../../../base/errors.ts";
import type { Attempt } from "../../../model/run.ts";
import type { Closing, LeftBehind } from "../../target.ts";
import { type Account, returnTo } from "../account.ts";
import { hourlyText } from "../money/remains.ts";
import { clientsOf } from "../own/own.ts";
import { closeOwn } from "../own/remove.ts";
import { isPassing } from "../poll.ts";
import { unlock } from "../stay/lock.ts";
import { findCluster, hasEnded, lookAt, UNSURE_MS } from "./cluster.ts";
import { DO, keptOf, REFUSED, whereOf } from "./intents.ts";
import { TAGS, tagsOf } from "./tags.ts";

/** How long nobody has to answer until it is said that nobody does. */
const SILENCE_MS = 10 * 60_000;

type Ended = Required<Pick<Closing, "gone" | "remains" | "pending">> &
  Pick<Closing, "kept"> & { unsure: string[] };
type Left = Omit<LeftBehind, "places" | "folder">;

/**
 * Makes true that nothing of a run is left: what its journal says it may have made is looked for, and asked to go. It may
 * be done at any time, any number of times, by whoever has the journal; each pass does what is still to be done.
 */
export async function converge(left: Left, clock: Clock = systemClock): Promise<Closing> {
  let heard = clock.now();
  for (let wait = 500; ; wait = Math.min(5000, wait * 1.5)) {
    try {
      const closing = await pass(left, clock);
      const { unsure, pending, ...known } = closing;
      // What nobody knows of may take minutes to show, and is not waited for: whoever comes next looks again.
      if (!left.wait || pending.length === 0) return { ...known, pending: [...pending, ...unsure] };
      heard = clock.now();
    } catch (error) {
      const goesOver = isPassing(error) && clock.now() - heard < SILENCE_MS;
      if (!left.wait || !goesOver) throw toMayflyError(error, "end what the run has left");
    }
    await clock.sleep(wait, left.signal);
    if (left.signal?.aborted)
      throw new MayflyError("interrupted", "interrupted while ending what the run has left");
  }
}

async function pass(left: Left, clock: Clock): Promise<Ended> {
  const attempts = left.attempts();
  const where = attempts.map(({ intent }) => whereOf(intent)).findLast((one) => one !== undefined);
  // Nothing was asked of AWS.
  if (!where) return { gone: [], remains: [], pending: [], unsure: [] };
  const account = await returnTo(where, left.env, left.signal);
  const closing: Ended = { gone: [], remains: [], pending: [], unsure: [] };
  for (const attempt of attempts) {
    const done = attempt.intent.do;
    if (done === DO.create) await endCluster(attempt, attempts, account, left, closing, clock);
    else if (done === DO.step) await endStep(attempt, attempts, account);
    else if (done === DO.lock) await unlockAgain(attempt, attempts, account, left);
  }
  // A cluster that stays, or goes just now, needs what was made for it.
  if (!closing.kept && closing.pending.length === 0)
    await endOwn(attempts, account, left, closing, clock);
  return closing;
}

/** What a run has made, whatever became of the answer: its id, its absence, or that nobody knows yet. */
async function made({ intent, at, seen }: Attempt, { emr }: Account, clock: Clock) {
  if (seen === REFUSED) return undefined;
  if (typeof seen === "string") return seen;
  const found = await findCluster(emr, String(intent.name), clock);
  return found ?? (clock.now() - at < UNSURE_MS ? "unknown" : undefined);
}

async function endCluster(
  attempt: Attempt,
  attempts: Attempt[],
  account: Account,
  left: Left,
  closing: Ended,
  clock: Clock,
): Promise<void> {
  const { emr } = account;
  const { gone, remains, pending, unsure } = closing;
  const id = await made(attempt, account, clock);
  if (id === undefined) return;
  if (id === "unknown") {
    unsure.push(`the cluster "${attempt.intent.name}", if it was made: EMR does not show it`);
    return;
  }
  if (attempts.some(({ intent }) => intent.do === DO.gone && intent.cluster === id)) {
    gone.push(`cluster ${id}`);
    return;
  }
  const kept = attempts.find(
    ({ intent, done }) => done && intent.do === DO.keep && intent.cluster === id,
  );
  const found = await lookAt(emr, id);
  if (!found && clock.now() - attempt.at < UNSURE_MS) {
    pending.push(`cluster ${id}: EMR does not show it yet`);
    return;
  }
  if (!found || hasEnded(found.Status.State)) {
    await left.act({ do: DO.gone, id: `gone-${id}`, cluster: id }, () => undefined);
    gone.push(`cluster ${id}`);
    return;
  }
  if (kept) {
    const record = keptOf(kept);
    if (record) closing.kept = record;
    const costs = left.wait ? await hourlyText(account, id, left.env) : "";
    remains.push(
      `cluster ${id}, as was asked for${costs}; mayfly down ${kept.intent.name} ends it`,
    );
    return;
  }
  const tags = tagsOf(found);
  if (tags.get(TAGS.run) !== left.run || tags.get(TAGS.owner) !== account.owner) {
    remains.push(`cluster ${id}: it does not carry our tags any more (run ${left.run})`);
    return;
  }
  if (found.TerminationProtected) {
    if (!attempt.intent.protected) {
      const costs = await hourlyText(account, id, left.env);
      remains.push(`cluster ${id}: someone protects it from termination${costs}`);
      return;
    }
    // Its target protects it, from others, while it works.
    await left.act({ do: DO.unprotect, id: `unprotect-${id}`, cluster: id }, () =>
      emr.protect(id, false),
    );
  }
  if (found.Status.State !== "TERMINATING") {
    left.emit?.({ code: "note", text: `cluster ${id} is asked to end` });
    await left.act({ do: DO.terminate, id: `terminate-${id}`, cluster: id }, () =>
      emr.terminate(id),
    );
  }
  pending.push(`cluster ${id}`);
}

/** Its surroundings, once no cluster is left that stands in them. */
async function endOwn(
  attempts: Attempt[],
  { aws, owner }: Account,
  { run, act, wait }: Left,
  { gone, remains, pending, unsure }: Ended,
  clock: Clock,
): Promise<void> {
  if (remains.some((one) => one.startsWith("cluster "))) return;
  const own = await closeOwn({ ...clientsOf(aws), run, owner, attempts, act, brief: !wait }, clock);
  gone.push(...own.gone);
  (wait ? remains : pending).push(...own.remains.filter((one) => /still (uses|shows)/.test(one)));
  remains.push(...own.remains.filter((one) => !/still (uses|shows)/.test(one)));
  unsure.push(...own.unsure.map((name) => `${name}, if it was made: EC2 does not show it`));
}

/** On a cluster that stays: a step that nobody waits for any more. */
async function endStep({ intent, seen }: Attempt, attempts: Attempt[], { emr }: Account) {
  const cluster = String(intent.cluster);
  const ends = attempts.some((one) => one.intent.do === DO.create && one.seen === cluster);
  const stays = attempts.some(
    (one) => one.done && one.intent.do === DO.keep && one.intent.cluster === cluster,
  );
  if ((ends && !stays) || !(await lookAt(emr, cluster))) return;
  const known = await emr.listSteps(cluster);
  const step = known.find(({ Id, Name }) => Id === seen || Name === intent.name);
  if (step && /^(PENDING|RUNNING)$/.test(step.Status.State)) await emr.cancelStep(cluster, step.Id);
}

async function unlockAgain({ intent }: Attempt, attempts: Attempt[], account: Account, left: Left) {
  const cluster = String(intent.cluster);
  const is = (one: Attempt) => one.intent.do === DO.unlock && one.intent.cluster === cluster;
  if (attempts.some((one) => is(one) && one.done)) return;
  await unlock(account, cluster, left.run, left.act);
}
