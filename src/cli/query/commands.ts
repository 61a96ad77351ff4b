import { MayflyError } from "../../base/errors.ts";
import { formatBytes, formatCount, formatTable } from "../../base/format.ts";
import { didYouMean } from "../../base/nearest.ts";
import type { Query } from "../../engine/query/open.ts";
import type { Io } from "../command.ts";
import { COMMANDS, written } from "./complete.ts";

export const HELP = `A statement ends with ; and may go over several lines. Tab completes, Ctrl-C ends a query, Ctrl-D leaves.
  .tables     what can be asked
  .schema T   its columns
  .quit       leave
`;

/** What `.schema` asks: DuckDB answers with less, the others in their own words. */
export type Describe = (table: string) => string;
export const describeHere: Describe = (table) =>
  `select column_name as name, column_type as type from (describe ${table})`;
export const describeThere: Describe = (table) => `describe ${table}`;

/** What begins with a dot, at the prompt or as the statement of a command. */
export async function command(
  text: string,
  query: Pick<Query, "tables">,
  ask: (statement: string) => Promise<void>,
  describe: Describe,
  io: Io,
): Promise<void> {
  const [name = "", ...rest] = text.trim().replace(/;$/, "").trim().split(/\s+/);
  const table = rest.join(" ");
  if (name === ".tables") return showTables(query, io);
  if (name === ".quit") return;
  if (name === ".help") return io.out(HELP);
  if (name === ".schema" && table !== "") return ask(describe(tableOf(table, query)));
  throw new MayflyError(
    "usage",
    name === ".schema" ? "cannot show .schema of nothing" : `there is no "${name}"`,
    name === ".schema"
      ? "write .schema TABLE; .tables lists them"
      : (didYouMean(
          name,
          COMMANDS.map((one) => one.trim()),
        ) ?? `one of ${COMMANDS.map((one) => one.trim()).join(", ")}`),
  );
}

/** As it stands behind FROM: a name that is known, or what is in quotes: a file, a table of an older run. */
function tableOf(table: string, query: Pick<Query, "tables">): string {
  if (/^['"]/.test(table)) return table;
  const names = query.tables().map(({ name }) => name);
  if (names.some((name) => name.toLowerCase() === table.toLowerCase())) return written(table);
  throw new MayflyError(
    "not-found",
    `there is no table "${table}"`,
    didYouMean(table, names) ?? ".tables lists those there are; a file stands in '…'",
  );
}

function showTables(query: Pick<Query, "tables">, io: Io): void {
  const tables = query.tables();
  if (tables.length === 0) {
    io.err("no tables: outputs of runs are tables, under their names in mayfly.yaml\n");
    return;
  }
  const rows = tables.map(({ name, run, format, rows: count, bytes, uri, not }) => [
    written(name),
    run,
    format,
    count === undefined ? "" : formatCount(count),
    formatBytes(bytes),
    not === undefined ? uri : `${uri} (${not})`,
  ]);
  for (const line of formatTable([["TABLE", "RUN", "FORMAT", "ROWS", "SIZE", "WHERE"], ...rows]))
    io.out(`${line}\n`);
}
