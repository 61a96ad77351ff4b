import { randomUUID } from "node:crypto";
import type { AthenaExecution } from "../../../aws/athena.ts";
import type { GlueTable } from "../../../aws/glue.ts";
import { loadPrices } from "../../../aws/prices/kept.ts";
import { type Clock, systemClock } from "../../../base/clock.ts";
import { interruption, MayflyError } from "../../../base/errors.ts";
import { formatBytes } from "../../../base/format.ts";
import { identify } from "../../../base/processes.ts";
import type { Json } from "../../../model/json.ts";
import { dollars, formatCost, type Money, times, unknown } from "../../../model/money/money.ts";
import type { Asking, Column, Known, Query, Rows } from "../../../query/query.ts";
import { withoutEnd } from "../../../query/sql/lex.ts";
import { requireReading } from "../../../query/sql/reading.ts";
import { withValues } from "../../../query/sql/values.ts";
import { writeByRows } from "../out.ts";
import { type AthenaPlace, RUN } from "./place.ts";
import { isOngoing, removeResult, resultAt } from "./results.ts";

/** SQL that runs in Athena, over what `mayfly athena tables` has made; its result lies in S3 no longer than it is read. */
export async function openAthenaQuery(
  place: AthenaPlace,
  env: NodeJS.ProcessEnv,
  clock: Clock = systemClock,
): Promise<Query> {
  const known = await knownTables(place).catch(() => []);
  const rows: Query["rows"] = (sql, asking = {}) => ask(sql, asking, place, env, clock);
  return {
    rows,
    write: (sql, file, format, asking) => writeByRows(rows, sql, file, format, asking),
    tables: () => known,
    close: () => void place.stores.close(),
  };
}

export async function knownTables({ glue, database }: AthenaPlace): Promise<Known[]> {
  // A table of somebody else may say less of itself; a view has no place.
  return (await glue.tables(database)).map((table) => {
    const {
      Name,
      StorageDescriptor: at,
      Parameters = {},
      PartitionKeys = [],
    } = table as Partial<GlueTable>;
    return {
      ...{ name: Name ?? "", uri: at?.Location ?? "", run: Parameters[RUN] ?? "", job: "" },
      ...{ format: Parameters.classification ?? "", bytes: 0 },
      columns: [...(at?.Columns ?? []), ...PartitionKeys].map((one) => ({
        name: one.Name,
        type: one.Type,
      })),
    };
  });
}

/** Some workgroups need none: who has it is asked first. */
function noPlace(error: unknown, database: string): unknown {
  if (!(error instanceof Error) || !/output location/i.test(error.message)) return error;
  return new MayflyError(
    "usage",
    `cannot ask Athena: there is no place for the result, and no table in "${database}" beside which to put it`,
    "mayfly athena tables makes tables; or say --results s3://BUCKET/FOLDER",
    error,
  );
}

const POLL_MS = 300;

async function ask(
  sql: string,
  asking: Asking,
  place: AthenaPlace,
  env: NodeJS.ProcessEnv,
  clock: Clock,
): Promise<Rows> {
  const began = clock.now();
  const { athena, act, database, workgroup } = place;
  requireReading(sql);
  const token = randomUUID();
  const location = await resultAt(place, token);
  // What nobody waits for any more is not begun: it would be paid for.
  if (asking.signal?.aborted)
    throw interruption(asking.signal, "the query was cancelled; nothing was asked");
  // Who asks is told, too: as long as it lives, its result is its own to remove.
  const asker = JSON.stringify(identify(process.pid) ?? null);
  const intent = { do: "athena-query", id: `query-${token}`, database, location, asker };
  const id = await act(
    intent,
    () =>
      athena
        .start({
          ...{ sql: withValues(withoutEnd(sql), asking.values ?? {}, "athena"), token },
          ...{ database, workgroup },
          ...(location ? { location } : {}),
        })
        .catch((error: unknown) => {
          throw location ? error : noPlace(error, database);
        }),
    (started) => started,
  );
  let named: string | undefined;
  try {
    const execution = await ended(id, asking, place, clock);
    named = execution.ResultConfiguration?.OutputLocation;
    const { State, StateChangeReason = "" } = execution.Status;
    if (State !== "SUCCEEDED")
      throw new MayflyError("usage", `Athena cannot run this query: ${StateChangeReason || State}`);
    const rows = await read(id, execution, asking, place);
    return { ...rows, ms: clock.now() - began, note: await costOf(execution, place.region, env) };
  } finally {
    await removeResult(place, { token, asked: location, id, named });
  }
}

async function ended(
  id: string,
  { signal, timeoutMs }: Asking,
  { athena }: AthenaPlace,
  clock: Clock,
): Promise<AthenaExecution> {
  const until = timeoutMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + timeoutMs;
  for (;;) {
    const execution = await athena.execution(id).catch(async (error: unknown) => {
      // Nobody would read what it goes on to find, and it is paid for.
      await athena.stop(id).catch(() => {});
      throw error;
    });
    if (!isOngoing(execution)) return execution;
    const late = clock.now() >= until;
    if (signal?.aborted || late) {
      await athena.stop(id);
      if (late)
        throw new MayflyError(
          "busy",
          `the query was ended: it had not finished in ${(timeoutMs ?? 0) / 1000} s`,
        );
      throw interruption(
        signal,
        "the query was cancelled; what it has read until then is paid for",
      );
    }
    await clock.sleep(POLL_MS, signal);
  }
}

async function read(
  id: string,
  { StatementType }: AthenaExecution,
  { most = 1000, some }: Asking,
  { athena }: AthenaPlace,
): Promise<Omit<Rows, "ms">> {
  let columns: Column[] = [];
  const rows: Json[][] = [];
  let count = 0;
  let next: string | undefined;
  let first = true;
  do {
    const { ResultSet, NextToken } = await athena.results(id, next);
    columns = (ResultSet.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name, Type }) => ({
      name: Name,
      type: Type,
    }));
    const page = ResultSet.Rows.map(({ Data }) => Data.map(({ VarCharValue }) => VarCharValue));
    // The first row of what was selected names the columns.
    if (first && StatementType !== "DDL" && isTitle(page[0], columns)) page.shift();
    first = false;
    const fit = page
      .slice(0, most - count)
      .map((row) => row.map((text, i) => jsonOf(text, columns[i]?.type ?? "")));
    count += fit.length;
    if (some) await some(fit, columns);
    else for (const row of fit) rows.push(row);
    if (fit.length < page.length) return { columns, rows, more: true };
    next = NextToken;
  } while (next);
  return { columns, rows, more: false };
}

const isTitle = (row: (string | undefined)[] | undefined, columns: Column[]) =>
  row !== undefined && columns.every(({ name }, i) => row[i] === name);

function jsonOf(text: string | undefined, type: string): Json {
  if (text === undefined) return null;
  if (type === "boolean") return text === "true";
  if (/^timestamp/.test(type)) return text.replace(" ", "T").replace(/ UTC$/, "Z");
  if (!/^(?:tinyint|smallint|integer|bigint|real|float|double|decimal)/.test(type)) return text;
  const number = Number(text);
  const exact = /^(?:bigint|decimal)/.test(type)
    ? text.replace(/\D/g, "").length <= 15
    : Number.isFinite(number);
  return exact ? number : text;
}

/** Athena User Guide, "Pricing": by the megabyte, 10 MB at least, for what was selected only. */
const LEAST = 10 * 2 ** 20;

/** What a query costs that reads a terabyte. */
export async function priceOf(region: string, env: NodeJS.ProcessEnv): Promise<Money> {
  const price = (await loadPrices(env)).athena(region);
  return price ? dollars(price.usd, price.of) : unknown(`the price of Athena in ${region}`);
}

async function costOf(
  { Statistics, StatementType }: AthenaExecution,
  region: string,
  env: NodeJS.ProcessEnv,
) {
  const bytes = Statistics?.DataScannedInBytes ?? 0;
  const paid = StatementType === "DDL" ? 0 : Math.max(LEAST, Math.ceil(bytes / 2 ** 20) * 2 ** 20);
  const cost = times(await priceOf(region, env), paid / 2 ** 40);
  return `${formatBytes(bytes)} scanned, ${formatCost(cost)}`;
}
