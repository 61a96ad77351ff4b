import type { Known } from "../../engine/query/open.ts";

const KEYWORDS =
  `SELECT FROM WHERE GROUP BY ORDER HAVING LIMIT JOIN LEFT RIGHT FULL INNER CROSS ON USING AS AND OR NOT IN IS NULL
  BETWEEN LIKE ILIKE CASE WHEN THEN ELSE END DISTINCT UNION ALL EXCEPT INTERSECT WITH VALUES EXISTS CAST DESC ASC NULLS FIRST LAST
  OVER PARTITION WINDOW QUALIFY EXPLAIN ANALYZE DESCRIBE SHOW TABLES SUMMARIZE count sum avg min max median
  date_trunc read_parquet read_csv read_json`.split(/\s+/);
export const COMMANDS = [".help", ".quit", ".schema ", ".tables"];

/** How the last word of a line may go on; first what it is in this project. */
export function complete(line: string, tables: readonly Known[]): [string[], string] {
  if (/^\s*\.\w*$/.test(line)) {
    const begun = line.trim();
    return [COMMANDS.filter((one) => one.startsWith(begun)), begun];
  }
  const command = /^\s*\.schema\s+\S*$/.test(line);
  const [, table, begun = ""] =
    /(?:([\p{L}_][\p{L}\p{N}_]*)\.)?([\p{L}_][\p{L}\p{N}_]*)?$/u.exec(line) ?? [];
  const before = line.slice(0, line.length - begun.length);
  const fits = (names: string[]) =>
    [...new Set(names)].filter((name) => name.toLowerCase().startsWith(begun.toLowerCase()));
  const columnsOf = (one: Known) => (one.columns ?? []).map(({ name }) => written(name));
  if (table !== undefined) {
    const named = tables.filter(({ name }) => name.toLowerCase() === table.toLowerCase());
    return [fits((named.length > 0 ? named : tables).flatMap(columnsOf)), begun];
  }
  const named = fits(tables.map(({ name }) => written(name)));
  // Behind these stands a table; a function or a WITH may, too, where no table fits.
  if (command || (named.length > 0 && /\b(?:from|join|describe|summarize)\s+$/i.test(before)))
    return [named, begun];
  const own = fits([...tables.map(({ name }) => written(name)), ...tables.flatMap(columnsOf)]);
  if (begun === "") return [own, begun];
  const upper = begun === begun.toUpperCase();
  const known = new Set(own.map((name) => name.toLowerCase()));
  const words = fits(KEYWORDS.filter((word) => !known.has(word.toLowerCase()))).map(
    (word) => `${upper ? word : word.toLowerCase()} `,
  );
  return [[...own, ...words], begun];
}

/** A name that is none of SQL's plain ones stands in quotes. */
export function written(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
