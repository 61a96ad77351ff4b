import { MayflyError } from "../../base/errors.ts";
import type { EventBody } from "../../model/event.ts";
import type { Work } from "../api.ts";
import { problemOf } from "../safety/errors.ts";

/** What a piece of work says while it goes on. */
export interface Says {
  note(text: string): void;
  /** What it knows so far; what it returns takes its place. */
  found(soFar: unknown): void;
  /** Of the engine's events, the notes. */
  emit(event: EventBody): void;
  signal: AbortSignal;
}

/** Which one was begun: the same key may come again. */
export type Begun = Pick<Work, "startedAt">;

export interface Works {
  all(): Work[];
  /** Begins it; while one of the same key goes on, whoever begins it again has begun that. */
  begin(key: string, attempted: string, work: (says: Says) => Promise<unknown>): Begun;
  /** Ends what goes on under this key, where it looks at its signal. */
  cancel(key: string): void;
  /** When nothing goes on any more. */
  settled(): Promise<void>;
}

/** So long one that has ended is told of. */
const KEPT_MS = 10 * 60_000;
const MOST_NOTES = 50;
/** Of those that have ended; more than a person reads. */
const MOST_KEPT = 100;
/** Nobody waits for more than that at a time. */
const MOST_GOING = 32;

/**
 * What takes minutes (a cluster that opens) no page waits for, and no page begins twice: a double click, or two tabs at once,
 * are one piece of work, and every tab sees how it goes on.
 */
export function makeWorks(signal: AbortSignal): Works {
  const known = new Map<string, Work>();
  const going = new Set<Promise<void>>();
  const ends = new Map<string, AbortController>();
  return {
    all() {
      for (const { key, endedAt } of [...known.values()])
        if (endedAt !== undefined && Date.now() - endedAt > KEPT_MS) known.delete(key);
      return [...known.values()];
    },
    begin(key, attempted, does) {
      const before = known.get(key);
      if (before && before.endedAt === undefined) return { startedAt: before.startedAt };
      if (going.size >= MOST_GOING)
        throw new MayflyError(
          "busy",
          `cannot ${attempted}: ${going.size} other pieces of work go on in this console`,
          "wait until one has ended, or cancel one",
        );
      // Two within a millisecond are two all the same.
      const startedAt = Math.max(Date.now(), (before?.startedAt ?? 0) + 1);
      const work: Work = { key, notes: [], startedAt };
      // The last one to begin stands last.
      known.delete(key);
      known.set(key, work);
      const note = (text: string) => {
        if (work.notes.length < MOST_NOTES) work.notes.push(text);
      };
      const own = new AbortController();
      ends.set(key, own);
      const says: Says = {
        ...{ note, signal: AbortSignal.any([signal, own.signal]) },
        found(soFar) {
          work.found = soFar;
        },
        emit: (event) => {
          if (event.code === "note") note(event.text);
        },
      };
      const ending = does(says)
        .then(
          (found) => Object.assign(work, { found }),
          (error: unknown) => {
            const { known: _, ...problem } = problemOf(error, attempted);
            Object.assign(work, { problem });
          },
        )
        .then(() => {
          work.endedAt = Date.now();
          ends.delete(key);
          going.delete(ending);
          const over = [...known.values()].filter((one) => one.endedAt !== undefined);
          for (const one of over.slice(0, Math.max(0, over.length - MOST_KEPT)))
            known.delete(one.key);
        });
      going.add(ending);
      return { startedAt };
    },
    cancel: (key) => ends.get(key)?.abort("SIGINT"),
    async settled() {
      await Promise.all(going);
    },
  };
}
