import { statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { stateOf } from "../../project.ts";
import { type Listed, listedRun } from "../list.ts";
import { activeRuns, runIds } from "../records.ts";

export interface PageWish {
  /** Words that stand in the id, the job or the target. */
  text?: string;
  state?: string;
  /** After this id, in the order of the list. */
  after?: string;
  limit: number;
}

export interface RunPage {
  runs: Listed[];
  /** There are more, after the last of these. */
  more: boolean;
  /** All runs of the project, whether they fit or not. */
  total: number;
}

export interface RunIndex {
  page(wish: PageWish): Promise<RunPage>;
  /** Another one whenever a run has come, gone or ended. */
  version(): string;
}

/**
 * The runs of a project for who looks again and again: names come from the folder, a record is read when it is shown or
 * searched, and what has ended is kept in a few words, because it does not change any more.
 */
export function openRunIndex(project: string): RunIndex {
  const known = new Map<string, Listed>();
  const runs = join(stateOf(project), "runs");
  let names: { at: number; ids: string[] } = { at: -1, ids: [] };

  const ids = () => {
    const at = statSync(runs, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    // Made within the same tick of the disk's clock, a run would be overlooked.
    if (at !== names.at || Date.now() - at < 1000) names = { at, ids: runIds(project) };
    return names.ids;
  };
  const read = (id: string): Listed => {
    const kept = known.get(id);
    if (kept) return kept;
    const one = listedRun(project, id);
    if (one.state !== "running" && one.state !== "damaged") known.set(id, one);
    return one;
  };

  return {
    version() {
      const running = activeRuns(project).map(({ id }) => [
        id,
        statSync(join(runs, id, "run.json"), { throwIfNoEntry: false })?.mtimeMs,
      ]);
      return JSON.stringify([statSync(runs, { throwIfNoEntry: false })?.mtimeMs ?? 0, running]);
    },
    async page({ text = "", state, after, limit }) {
      const all = ids();
      const words = text.toLowerCase().split(/\s+/).filter(Boolean);
      const fits = (one: Listed) =>
        (state === undefined || one.state === state) &&
        words.every((word) => `${one.id} ${one.job} ${one.target}`.toLowerCase().includes(word));
      const begin = after === undefined ? 0 : all.findIndex((id) => id < after);
      const found: Listed[] = [];
      let looked = 0;
      for (let i = begin; i >= 0 && i < all.length && found.length <= limit; i++) {
        const one = read(all[i] ?? "");
        if (fits(one)) found.push(one);
        // Thousands of records take a second: others are served meanwhile.
        if (++looked % 200 === 0) await breathe();
      }
      return { runs: found.slice(0, limit), more: found.length > limit, total: all.length };
    },
  };
}
