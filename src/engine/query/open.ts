import { rmSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { cacheFolder } from "../../base/places.ts";
import { openCache } from "../../query/cache.ts";
import { type Child, EndedForAnother, SqlProblem, startChild } from "../../query/child.ts";
import type { Asking, Query, Table } from "../../query/query.ts";
import { openStores } from "../../storage/open.ts";
import { rootsOf } from "../../storage/places.ts";
import type { FsOptions, Opened } from "../fs/stores.ts";
import { loadProject, placesOf } from "../project.ts";
import { findRun } from "../runs/records.ts";
import { type Catalog, openCatalog } from "./catalog.ts";
import { type Files, filesAt, filesOfOutput } from "./places.ts";
import { bring, cacheSize } from "./remote.ts";
import { type Ready, readyStatement, type Sources } from "./statement.ts";
import { makeTemporary, moveFile } from "./temporary.ts";
import { wrongQuery } from "./wrong.ts";

export type { Asking, Column, FileFormat, Known, Query, Rows, Written } from "../../query/query.ts";
export { inOneLine, isBegun, splitStatements } from "../../query/sql/lex.ts";
export { rowWriter } from "../../query/text.ts";

export interface QueryOptions {
  /** Its outputs are the tables, instead of the newest ones. */
  run?: string;
  /** Where relative paths begin; the project otherwise. */
  cwd?: string;
  /** Which S3 and which HDFS; folders otherwise, or what AWS_ENDPOINT_URL says. */
  stores?: Omit<FsOptions, "cwd">;
  memoryMb?: number;
  /** On a driver of Spark instead of DuckDB. */
  on?: "spark";
  /** What takes long is told. */
  say?(text: string): void;
}

/** One DuckDB: which files it may read is said once, so that another file means another DuckDB beside it. */
interface Opening {
  memoryMb: number;
  child: Child;
  /** Queries that it is at work on. */
  running: number;
}

/** So much of the memory, and 4 GB at most: others live here, too. */
const MEMORY_MB = Math.max(512, Math.min(4096, Math.floor(totalmem() / 1e6 / 3)));
/** With more files open to it, a process starts over. */
const MOST_FILES = 50_000;

/** Each output of the project's runs is a table under its name; the newest run that succeeded wins. */
export async function openProjectQuery(
  project: string,
  env: NodeJS.ProcessEnv,
  options: QueryOptions = {},
): Promise<Query> {
  const stores = await storesOf(project, env, options);
  const catalog = catalogOf(project, options.run);
  const cache = cacheFolder(env);
  const objects = openCache(join(cache, "sql"), cacheSize(env));
  const say = options.say ?? (() => {});
  const fetch = (uri: string, from: Opened) => bring(uri, from, objects, say);
  let live: Opened | undefined;
  /** Outputs of a cluster lie in S3 itself, whatever `s3://` is here. */
  const liveStores = async () => {
    live ??= stores.wish.liveS3
      ? stores
      : await storesOf(project, env, {
          ...options,
          stores: { ...options.stores, liveS3: true, aws: options.stores?.aws ?? { env } },
        });
    return live;
  };
  const sources: Sources = {
    ...{ project, catalog, cwd: stores.wish.cwd },
    filesAt: (uri, held) => filesAt(uri, stores, fetch, held),
    filesOf: async ({ output: { uri, path } }, held) =>
      path === "" ? filesAt(uri, await liveStores(), fetch, held) : filesOfOutput(uri, path),
    converted: async ({ paths, format }, uri, held) => {
      if (format !== "orc") return { paths, format };
      const { parquetOf } = await import("./orc.ts");
      return { paths: await parquetOf(paths, uri, { objects, env, say, held }), format: "parquet" };
    },
  };
  const tables = () => catalog.all().map(({ record: _, output: __, ...known }) => known);
  const closeStores = () => {
    void stores.close();
    if (live && live !== stores) void live.close();
  };
  if (options.on === "spark") {
    const { openSparkQuery } = await import("./spark/ask.ts");
    const as = async ({ paths, format }: Files) => ({ paths, format: format as Table["format"] });
    return openSparkQuery(
      { ...sources, converted: as, dialect: "spark" },
      tables,
      env,
      say,
      closeStores,
    );
  }
  const temporary = makeTemporary(cache);
  // It loads DuckDB while a text is read.
  let child: Child = startChild(temporary);
  let closed = false;
  let allowed = new Set<string>();
  let opened: Opening | undefined;
  let opening: Promise<unknown> = Promise.resolve();
  let atWork: Opening[] = [];
  const most = options.memoryMb ?? MEMORY_MB;
  let written = 0;

  /** A DuckDB that may read these files, too. One that opens beside others at work gets a part of the memory, until all are done. */
  const openingFor = (files: string[]): Promise<Opening> => {
    const last = opening;
    const mine = (async () => {
      await last.catch(() => {});
      atWork = atWork.filter((one) => one.child.alive && one.running > 0);
      const small = opened !== undefined && opened.memoryMb < most && atWork.length === 0;
      const fits = opened?.child === child && child.alive && !small;
      if (opened && fits && files.every((file) => allowed.has(file))) return begun(opened);
      if (allowed.size > MOST_FILES) allowed = new Set();
      for (const file of files) allowed.add(file);
      if (!child.alive) child = startChild(temporary);
      const memoryMb = Math.floor(most / (1 + atWork.length));
      await child.open({ files: [...allowed], temporary, memoryMb });
      opened = { memoryMb, child, running: 0 };
      return begun(opened);
    })();
    opening = mine;
    return mine;
  };
  const begun = (one: Opening): Opening => {
    if (one.running++ === 0) atWork.push(one);
    return one;
  };
  const told = async <T>(
    sql: string,
    work: (ready: Ready, child: Child) => Promise<T>,
  ): Promise<T> => {
    if (closed) throw new MayflyError("usage", "cannot ask a query that was closed");
    const ready = await readyStatement(sql, sources);
    let mine: Opening | undefined;
    try {
      mine = await openingFor(ready.files);
      return await work(ready, mine.child);
    } catch (error) {
      if (!(error instanceof SqlProblem)) throw error;
      throw wrongQuery(error.problem, sql, ready, () => catalog.all().map(({ name }) => name));
    } finally {
      if (mine) mine.running--;
      ready.release();
    }
  };
  return {
    async rows(sql, asking = {}) {
      for (;;)
        try {
          return await told(sql, (ready, process) =>
            process.rows(statementOf(ready, asking), asking.most ?? 1000, asking),
          );
        } catch (error) {
          // Nothing has been told of it yet.
          if (!(error instanceof EndedForAnother) || asking.some) throw error;
        }
    },
    write: (sql, file, format, asking = {}) =>
      told(sql, async (ready, process) => {
        const inside = join(temporary, `out-${++written}.${format}`);
        const { ms } = await process.write(statementOf(ready, asking), inside, format, asking);
        moveFile(inside, file);
        return { ms };
      }),
    tables,
    close() {
      closed = true;
      child.end();
      closeStores();
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}

const statementOf = ({ sql, tables }: Ready, { values = {} }: Asking) => ({ sql, tables, values });

async function storesOf(
  project: string,
  env: NodeJS.ProcessEnv,
  options: QueryOptions,
): Promise<Opened> {
  const asked = options.stores ?? {
    liveS3: Boolean(env.AWS_ENDPOINT_URL || env.AWS_ENDPOINT_URL_S3),
    aws: { env },
  };
  const { state, mounts } = placesOf(await loadProject(project), asked.liveS3);
  const stores = openStores({
    ...asked,
    roots: rootsOf(state, mounts),
    cwd: options.cwd ?? project,
  });
  return { ...stores, project };
}

/** With a run that is named, its outputs and no others. */
function catalogOf(project: string, run: string | undefined): Catalog {
  const catalog = openCatalog(project);
  if (run === undefined) return catalog;
  const { record } = findRun(run, project);
  const entries = catalog.of(record);
  return {
    ...catalog,
    all: () => entries,
    find: (name) => entries.find((one) => one.name.toLowerCase() === name.toLowerCase()),
  };
}
