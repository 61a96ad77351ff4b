import { AwsRefusal, isExpired, LostReply, THROTTLED } from "../../aws/asking.ts";
import type { Emr, EmrCluster, EmrStep } from "../../aws/emr.ts";
import { type Clock, systemClock } from "../../base/clock.ts";
import { interruption, MayflyError } from "../../base/errors.ts";
import type { TargetContext } from "../target.ts";

export interface WaitOptions {
  /** Ends this wait, and nobody else's. */
  signal?: AbortSignal;
  /** For so long AWS may not answer; for ever where nothing is said. */
  patienceMs?: number;
}

/** What EMR says of one cluster and its steps, for whoever waits for it: each thing is asked for once, however many wait. */
export interface Poll {
  /** The first answer of which `want` makes something; what it throws ends the wait. */
  cluster<T>(want: (cluster: EmrCluster) => T | undefined, options?: WaitOptions): Promise<T>;
  step<T>(id: string, want: (step: EmrStep) => T | undefined, options?: WaitOptions): Promise<T>;
}

interface Waiter {
  key: string;
  ask: (signal: AbortSignal) => Promise<unknown>;
  /** True when it waits no longer. */
  hears(answer: unknown): boolean;
  fails(error: unknown): void;
  patienceMs: number;
}

const SOONEST_MS = 1000;
/** botocore's waiters for EMR ask every 30 seconds, for scripts; somebody looks on here, and EMR counts requests by account. */
const LATEST_MS = 3000;
const GROWS = 1.1;
/** AWS that does not answer is asked less often. */
const TROUBLE_MS = 15_000;
const UNSURE_MS = 5 * 60_000;
const isUnknown = (error: unknown) =>
  error instanceof AwsRefusal && /InvalidRequest/.test(error.said);

export function openPoll(
  emr: Emr,
  cluster: string,
  emit: TargetContext["emit"],
  clock: Clock = systemClock,
): Poll {
  const waiters = new Set<Waiter>();
  let stop: AbortController | undefined;
  /** Since when AWS has not answered. */
  let trouble: number | undefined;
  let told = "";
  let pause = SOONEST_MS;
  const last = new Map<string, string>();
  /** What was made just now EMR may not show yet. */
  const until = clock.now() + UNSURE_MS;
  const reasonOf = (error: unknown) =>
    passing(error) ??
    (isUnknown(error) && clock.now() < until
      ? "EMR does not show it yet; asking again"
      : undefined);

  const note = (text: string) => {
    if (text !== told) emit({ code: "note", text });
    told = text;
  };

  const askOne = async (key: string, signal: AbortSignal) => {
    const mine = () => [...waiters].filter((one) => one.key === key);
    const [first] = mine();
    if (!first) return;
    try {
      const answer = await first.ask(signal);
      if (trouble !== undefined) note("AWS answers again");
      trouble = undefined;
      told = "";
      const text = JSON.stringify(answer);
      if (last.get(key) !== text) pause = SOONEST_MS;
      last.set(key, text);
      for (const one of mine()) if (one.hears(answer)) waiters.delete(one);
    } catch (error) {
      if (signal.aborted) return;
      const why = reasonOf(error);
      const since = trouble ?? clock.now();
      if (why) {
        note(why);
        if (!isUnknown(error)) trouble = since;
      }
      for (const one of mine()) {
        if (why && clock.now() - since < one.patienceMs) continue;
        waiters.delete(one);
        one.fails(error);
      }
    }
  };

  const run = async (signal: AbortSignal) => {
    pause = SOONEST_MS;
    while (waiters.size > 0) {
      for (const key of new Set([...waiters].map((one) => one.key))) await askOne(key, signal);
      if (waiters.size === 0 || signal.aborted) break;
      await clock.sleep(pause, signal);
      pause =
        trouble === undefined
          ? Math.min(LATEST_MS, pause * GROWS)
          : Math.min(TROUBLE_MS, pause * 2);
    }
  };
  const start = () => {
    if (stop) return;
    const own = new AbortController();
    stop = own;
    void run(own.signal).finally(() => {
      if (stop === own) stop = undefined;
      // Who came while it ended.
      if (waiters.size > 0) start();
    });
  };

  function wait<A, T>(
    key: string,
    ask: (signal: AbortSignal) => Promise<A>,
    want: (answer: A) => T | undefined,
    { signal, patienceMs = Number.POSITIVE_INFINITY }: WaitOptions = {},
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        waiters.delete(waiter);
        if (waiters.size === 0) {
          stop?.abort();
          stop = undefined;
        }
        reject(interrupted(signal, cluster));
      };
      const over = () => signal?.removeEventListener("abort", leave);
      const waiter: Waiter = {
        key,
        ask,
        patienceMs,
        hears(answer) {
          let found: T | undefined;
          try {
            found = want(answer as A);
          } catch (error) {
            waiter.fails(error);
            return true;
          }
          if (found === undefined) return false;
          over();
          resolve(found);
          return true;
        },
        fails(error) {
          over();
          reject(error as Error);
        },
      };
      if (signal?.aborted) return reject(interrupted(signal, cluster));
      signal?.addEventListener("abort", leave);
      waiters.add(waiter);
      start();
    });
  }

  return {
    cluster: (want, options) =>
      wait("cluster", (signal) => emr.describeCluster(cluster, signal), want, options),
    step: (id, want, options) =>
      wait(id, (signal) => emr.describeStep(cluster, id, signal), want, options),
  };
}

/**
 * Asks again, ever later, for what AWS has refused for a reason that passes: it was not done. A reply that was lost is another
 * matter, as it may have been.
 */
export async function asSoonAsMay<T>(
  work: () => Promise<T>,
  { emit, signal }: Pick<TargetContext, "emit" | "signal">,
  clock: Clock = systemClock,
): Promise<T> {
  let told = "";
  for (let pause = SOONEST_MS; ; pause = Math.min(TROUBLE_MS, pause * 2)) {
    try {
      return await work();
    } catch (error) {
      const why = error instanceof LostReply ? undefined : passing(error);
      if (why === undefined || signal.aborted) throw error;
      if (why !== told) emit({ code: "note", text: why });
      told = why;
      await clock.sleep(pause, signal);
    }
  }
}

/** What passes by itself, or by somebody's signing in again: nobody has said no. */
export const isPassing = (error: unknown) => passing(error) !== undefined;

/** A refusal of S3 has the same members. */
const isRefusal = (error: unknown): error is Pick<AwsRefusal, "said" | "status"> =>
  error instanceof MayflyError && "said" in error && "status" in error;

/** What passes, in words for whoever waits; undefined where AWS has said no. */
function passing(error: unknown): string | undefined {
  const again = "the run goes on; asking again";
  // Who is asked who we are says it in other words.
  const cause = isRefusal(error) ? error : (error as Error).cause;
  if (isRefusal(cause)) {
    if (THROTTLED.test(cause.said)) return `AWS is asked too often (${cause.said}); ${again}`;
    if (isExpired(cause) || /UnrecognizedClient|InvalidClientTokenId/.test(cause.said))
      return `the AWS credentials have expired: sign in again; ${again} with what is there then`;
    return cause.status >= 500 ? `AWS does not answer (${cause.said}); ${again}` : undefined;
  }
  if (!(error instanceof MayflyError)) return undefined;
  if (error.code === "offline") return `AWS does not answer; ${again}`;
  // A sign-on that is over gives none at all.
  return error.code === "missing" ? `${error.message}: sign in again; ${again}` : undefined;
}

function interrupted(signal: AbortSignal | undefined, cluster: string): MayflyError {
  return interruption(signal, `interrupted while the cluster ${cluster} was waited for`);
}
