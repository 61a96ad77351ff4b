import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Json } from "../../../model/json.ts";
import type { Asking, Query, Rows } from "../../../query/query.ts";
import { withoutEnd } from "../../../query/sql/lex.ts";
import { requireReading } from "../../../query/sql/reading.ts";
import { withValues } from "../../../query/sql/values.ts";
import { writeByRows } from "../out.ts";
import { readyStatement, type Sources } from "../statement.ts";
import { type SparkDriver, startSparkDriver } from "./driver.ts";

const BATCH = 1000;

/** The same tables as temporary views of a driver on this machine. */
export function openSparkQuery(
  sources: Sources,
  tables: Query["tables"],
  env: NodeJS.ProcessEnv,
  say: (text: string) => void,
  closed: () => void,
): Query {
  let started: Promise<SparkDriver> | undefined;
  let known: SparkDriver | undefined;
  /** One for all statements; another one where it has ended. */
  const driver = async (): Promise<SparkDriver> => {
    if (known?.over()) {
      void known.close().catch(() => {});
      started = undefined;
      known = undefined;
    }
    const mine = started ?? startSparkDriver(env, say);
    started = mine;
    try {
      known = await mine;
      return known;
    } catch (error) {
      if (started === mine) started = undefined;
      throw error;
    }
  };
  let n = 0;
  const rows = async (sql: string, asking: Asking = {}): Promise<Rows> => {
    const began = performance.now();
    requireReading(sql);
    const { most = 1000, values = {}, signal, timeoutMs } = asking;
    const ready = await readyStatement(withValues(withoutEnd(sql), values, "spark"), {
      ...sources,
      dialect: "spark",
    });
    try {
      const spark = await driver();
      const file = spark.file(`rows-${++n}`);
      const wish = {
        ...{ sql: ready.sql, file, most: Math.min(most, Number.MAX_SAFE_INTEGER - 1) },
        tables: ready.tables.map(({ name, format, paths }) => ({ name, format, paths })),
      };
      const { columns, more } = await spark.ask(wish, { signal, timeoutMs });
      const all: Json[][] = [];
      let some: Json[][] = [];
      for await (const line of createInterface({ input: createReadStream(file) })) {
        (asking.some ? some : all).push(JSON.parse(line) as Json[]);
        if (some.length < BATCH) continue;
        await asking.some?.(some, columns);
        some = [];
      }
      if (some.length > 0) await asking.some?.(some, columns);
      return { columns, rows: all, more, ms: performance.now() - began };
    } finally {
      ready.release();
    }
  };
  return {
    rows,
    write: (sql, file, format, asking) => writeByRows(rows, sql, file, format, asking),
    tables,
    state: () => (!started || known?.over() ? "none" : known?.ready() ? "ready" : "starting"),
    close() {
      void started?.then((driver) => driver.close()).catch(() => {});
      closed();
    },
  };
}
