import fc from "fast-check";
import { command } from "./commands.ts";
import { play } from "./play.ts";

export interface Wish {
  sequences: number;
  /** Of each sequence, in commands. */
  length: number;
  seed: number;
  /** Begins no sequence after so many. */
  minutes?: number;
  /** Only the one that fast-check names so: what it says of a sequence that fails. */
  path?: string;
  /** Looks for the shortest sequence that fails, which takes its time. */
  shrink?: boolean;
  /** Is told of one that goes wrong, by its path; the others are played all the same. */
  wrong?: (path: string, why: string) => void;
}

export interface Played {
  sequences: number;
  /** By their names. */
  commands: Map<string, number>;
}

/** Plays sequences one after the other, and throws at the first that goes wrong where nobody is told; `played` counts all that went well. */
export async function playAll(wish: Wish, played: Played): Promise<void> {
  const { length, sequences, seed, minutes, path, shrink = false, wrong } = wish;
  let nth = -1;
  const sequence = fc.array(command, { minLength: length, maxLength: length });
  await fc.assert(
    fc.asyncProperty(sequence, async (all) => {
      nth++;
      try {
        await play(all, (one) => {
          played.commands.set(one.do, (played.commands.get(one.do) ?? 0) + 1);
        });
        played.sequences++;
      } catch (error) {
        if (!wrong) throw error;
        wrong(String(nth), error instanceof Error ? (error.stack ?? "") : String(error));
      }
    }),
    {
      ...{ numRuns: sequences, seed, endOnFailure: !shrink },
      ...(path === undefined ? {} : { path }),
      ...(minutes === undefined ? {} : { interruptAfterTimeLimit: minutes * 60_000 }),
    },
  );
}

export function tell({ sequences, commands }: Played, seed: number): string {
  const all = [...commands.values()].reduce((sum, one) => sum + one, 0);
  const each = [...commands].map(([what, count]) => `${count} ${what}`).join(", ");
  return `${all} commands in ${sequences} sequences, seed ${seed}: ${each}`;
}
