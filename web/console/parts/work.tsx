import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Ended, Problem, Work } from "../../../src/console/api.ts";
import { post, problemOf } from "../lib/api.ts";
import { workOf } from "../lib/events.ts";
import { Trouble } from "./parts.tsx";

/** By the server's clock. */
type Begun = Pick<Work, "startedAt">;

export interface Doing {
  work: Work | undefined;
  /** It goes on, or was asked for just now. */
  busy: boolean;
  problem: Problem | undefined;
  /** Under another key where the page is about to go to that. */
  begin(path: string, body?: unknown, other?: string): void;
}

/** Something that the server does meanwhile, whichever tab began it; `ended` is called when it has. */
export function useWork(key: string, ended: (work: Work) => void = () => {}): Doing {
  const [last, set] = useState<{ key: string; asked?: number; problem?: Problem }>({ key });
  // What was asked for under another key is not this.
  const state = last.key === key ? last : { key };
  const work = workOf(key);
  const done = useRef(ended);
  done.current = ended;
  const before = useRef(work?.endedAt);
  useEffect(() => {
    if (work?.endedAt !== undefined && work.endedAt !== before.current) done.current(work);
    before.current = work?.endedAt;
  }, [work?.endedAt]);
  // What was begun just now is in the next word of the stream.
  const heard = work !== undefined && work.startedAt >= (state.asked ?? 0);
  const goes = work !== undefined && work.endedAt === undefined;
  return {
    work,
    busy: goes || (state.asked !== undefined && !heard),
    problem: state.problem,
    begin(path, body = {}, other = key) {
      set({ key: other, asked: Number.POSITIVE_INFINITY });
      post<Begun>(path, body).then(
        ({ startedAt }) => set({ key: other, asked: startedAt }),
        (error: unknown) => set({ key: other, problem: problemOf(error) }),
      );
    },
  };
}

/** How it goes on, what came of it, or why nothing did. */
export function Progress({
  doing: { work, busy, problem },
  goes,
  children,
}: {
  doing: Doing;
  /** While it goes on. */
  goes: string;
  /** When it is done. */
  children?: ComponentChildren;
}) {
  if (problem) return <Trouble problem={problem} />;
  if (busy || work?.endedAt === undefined)
    return busy ? (
      <div class="notice" role="status">
        <p class="what">{goes}</p>
        {work?.endedAt === undefined &&
          work?.notes.slice(-5).map((note) => <p key={note}>{note}</p>)}
      </div>
    ) : null;
  if (work.problem) return <Trouble problem={work.problem} />;
  return children ? (
    <div class="notice" role="status">
      {children}
    </div>
  ) : null;
}

/** What is gone and what is not, in the words of the command line. */
export const Outcome = ({ ended: { gone, remains, pending } }: { ended: Ended }) => (
  <>
    {gone.map((one) => (
      <p key={one}>gone: {one}</p>
    ))}
    {remains.map((one) => (
      <p key={one}>still there: {one}</p>
    ))}
    {pending.map((one) => (
      <p key={one}>not known to be gone: {one}; look for what was left again in five minutes</p>
    ))}
  </>
);
