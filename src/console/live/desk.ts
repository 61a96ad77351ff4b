import type { FsOptions } from "../../engine/fs/stores.ts";
import { type AthenaNeeds, athenaNeeds } from "../../engine/query/athena/needs.ts";
import type { AthenaWish } from "../../engine/query/athena/place.ts";
import { type Known, openProjectQuery, type Query } from "../../engine/query/open.ts";
import { athenaTables, openQueryOn, type Where } from "../../engine/query/where.ts";

/** Where a page wants its statement to run. */
export interface Place extends Pick<AthenaWish, "database" | "workgroup" | "results"> {
  on: Where;
}

export interface SqlDesk {
  /** DuckDB here, for all that pages show by the way. */
  open(): Promise<Query>;
  /** In the place that was chosen, as `mayfly sql --on` has it. */
  at<T>(place: Place, work: (query: Query) => Promise<T>): Promise<T>;
  /** Of Athena only when somebody wants to see them: it is asked over the network, as somebody. */
  tables(place: Place): Promise<Known[]>;
  /** The driver of Spark, and what it has said while it starts. */
  spark(): { state: "none" | "starting" | "ready"; note?: string };
  athena(): Promise<AthenaNeeds>;
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

/** One process of DuckDB and one driver of Spark for all pages, each from the first question on. */
export function makeDesk(project: string, env: NodeJS.ProcessEnv, files: FsOptions): SqlDesk {
  const { cwd: _, ...stores } = files;
  const { profile, region } = files.aws ?? {};
  const aws = { env, ...(profile ? { profile } : {}), ...(region ? { region } : {}) };
  let note: string | undefined;
  const say = (text: string) => {
    note = text;
  };
  const here = held(() => openProjectQuery(project, env, { stores }));
  const spark = held(() => openProjectQuery(project, env, { stores, on: "spark", say }));
  return {
    open: here.open,
    async at({ on, ...wish }, work) {
      if (on === "here") return work(await here.open());
      if (on === "spark") return work(await spark.open());
      // With the credentials and the tables that there are now; nothing is kept of it.
      const query = await openQueryOn(on, project, env, { stores, athena: { ...wish, aws } });
      try {
        return await work(query);
      } finally {
        query.close();
      }
    },
    async tables({ on, ...wish }) {
      if (on === "athena") return athenaTables(project, { ...wish, aws });
      // The same outputs, whoever reads them.
      return (await here.open()).tables();
    },
    spark() {
      const state = spark.now()?.state?.() ?? "none";
      if (state !== "starting") note = undefined;
      return { state, ...(note === undefined ? {} : { note }) };
    },
    athena: () => athenaNeeds(project, { aws }, env),
    close() {
      here.close();
      spark.close();
    },
  };
}

/** Opened once; after a failure the next one tries again. */
function held(open: () => Promise<Query>) {
  let opening: Promise<Query> | undefined;
  let opened: Query | undefined;
  return {
    open() {
      opening ??= open().then(
        (query) => {
          opened = query;
          return query;
        },
        (error: unknown) => {
          opening = undefined;
          throw error;
        },
      );
      return opening;
    },
    now: () => opened,
    close() {
      void opening?.then((query) => query.close()).catch(() => {});
      opening = undefined;
      opened = undefined;
    },
  };
}
