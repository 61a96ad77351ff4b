import { type Clock, systemClock } from "../../../base/clock.ts";
import { MayflyError, toMayflyError } from "../../../base/errors.ts";
import type { Attempt } from "../../../model/run.ts";
import type { Closing, Ended, LeftBehind } from "../../target.ts";
import { type Account, returnTo } from "../account.ts";
import { hourlyText } from "../money/remains.ts";
import { clientsOf } from "../own/own.ts";
import { closeOwn } from "../own/remove.ts";
import { costOf } from "../plan/actual.ts";
import { isPassing } from "../poll.ts";
import { lockedBy, unlock } from "../stay/lock.ts";
import { findCluster, hasEnded, lookAt, UNSURE_MS } from "./cluster.ts";
import { DO, keptOf, REFUSED, whereOf } from "./intents.ts";
import { TAGS, tagsOf } from "./tags.ts";

/** How long nobody has to answer until it is said that nobody does. */
const SILENCE_MS = 10 * 60_000;

type Pass = Ended & Pick<Closing, "kept" | "cost"> & { unsure: string[] };
type Left = Omit<LeftBehind, "places" | "folder">;

/**
 * Makes true that nothing of a run is left: what its journal says it may have made is looked for, and asked to go. It may
 * be done at any time, any number of times, by whoever has the journal; each pass does what is still to be done.
 */
export async function converge(left: Left, clock: Clock = systemClock): Promise<Closing> {
  let heard = clock.now();
  let account: Account | undefined;
  for (let wait = 500; ; wait = Math.min(5000, wait * 1.5)) {
    try {
      account ??= await accountOf(left);
      // Without one nothing was asked of AWS.
      if (!account) return { gone: [], remains: [], pending: [] };
      const closing = await pass(account, left, clock);
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

/** Where the run's intents say that it asked. */
async function accountOf({ attempts, env, signal }: Left): Promise<Account | undefined> {
  const said = attempts().map(({ intent }) => whereOf(intent));
  const where = said.findLast((one) => one !== undefined);
  return where && returnTo(where, env, signal);
}

async function pass(account: Account, left: Left, clock: Clock): Promise<Pass> {
  const attempts = left.attempts();
  const closing: Pass = { gone: [], remains: [], pending: [], unsure: [] };
  for (const attempt of attempts) {
    const done = attempt.intent.do;
    if (done === DO.create) await endCluster(attempt, attempts, account, left, closing, clock);
    else if (done === DO.step) await endStep(attempt, attempts, account);
    else if (done === DO.lock) await unlockAgain(attempt, attempts, account, left);
  }
  // A cluster that stays, or goes just now, needs what was made for it.
  if (closing.remains.length === 0 && closing.pending.length === 0)
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
  closing: Pass,
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
    // One that stayed may have worked for others since.
    const cost = kept ? undefined : await costOf(emr, id, account.where.region, left.env);
    if (cost) closing.cost = cost;
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
  const user = lockedBy(found, clock.now());
  if (user !== undefined && user !== left.run) {
    // It stood there free, as nobody had ended it yet; it goes when that run has ended.
    (left.wait ? remains : pending).push(`cluster ${id}, which run ${user} works on`);
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
  { gone, remains, pending, unsure }: Pass,
  clock: Clock,
): Promise<void> {
  const own = await closeOwn({ ...clientsOf(aws), run, owner, attempts, act, brief: !wait }, clock);
  gone.push(...own.gone);
  (wait ? remains : pending).push(...own.left);
  remains.push(...own.stays);
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
