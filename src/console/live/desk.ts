import type { FsOptions } from "../../engine/fs/stores.ts";
import { openProjectQuery, type Query } from "../../engine/query/open.ts";

export interface SqlDesk {
  open(): Promise<Query>;
  close(): void;
}

/** What is looked at while one goes by ends by itself. */
const MOST_MS = 5 * 60_000;

/** For a page that may go away: its questions end then, and after a while in any case. */
export function forPage(query: Query, signal: AbortSignal): Query {
  return {
    ...query,
    rows: (sql, asking) => query.rows(sql, { timeoutMs: MOST_MS, ...asking, signal }),
  };
}

/** One process of DuckDB for all pages, from the first question on. */
export function makeDesk(project: string, env: NodeJS.ProcessEnv, files: FsOptions): SqlDesk {
  const { cwd: _, ...stores } = files;
  let held: Promise<Query> | undefined;
  return {
    open() {
      held ??= openProjectQuery(project, env, { stores }).catch((error: unknown) => {
        held = undefined; // the next one tries again
        throw error;
      });
      return held;
    },
    close() {
      void held?.then((query) => query.close()).catch(() => {});
      held = undefined;
    },
  };
}
