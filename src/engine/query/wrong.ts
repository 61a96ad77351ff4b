import { MayflyError } from "../../base/errors.ts";
import { didYouMean, nearest } from "../../base/nearest.ts";
import type { Problem } from "../../query/worker/told.ts";
import type { Ready } from "./statement.ts";

/** What DuckDB has against a text, in the words and at the place of the person's own. */
export function wrongQuery(
  problem: Problem,
  sql: string,
  ready: Pick<Ready, "sql" | "before">,
  tables: () => string[],
): MayflyError {
  const { message, kind, type, name = "", candidates } = problem;
  const at = problem.at === undefined ? undefined : ready.before(charOf(ready.sql, problem.at));
  const where = at === undefined ? "" : ` at ${placeOf(sql, at)}`;
  const [first = message] = message.split("\n");
  const cannot = (what: string, remedy?: string) =>
    new MayflyError("usage", `cannot run this query${where}: ${what}`, remedy);
  if (kind === "INTERRUPT") return new MayflyError("interrupted", "the query was cancelled");
  if (kind === "Out of Memory")
    return new MayflyError(
      "busy",
      `the query needs more memory than it may have: ${first}`,
      "ask for less at a time; sorting and grouping by much needs most",
    );
  if (kind === "Catalog" && type === "Table") {
    const known = tables();
    return cannot(
      `there is no table "${name}"`,
      didYouMean(name, known) ?? tablesThere(known, name),
    );
  }
  if (kind === "Binder" && problem.name !== undefined && /column/i.test(first)) {
    const columns = [...(message.split("Candidate bindings:")[1] ?? "").matchAll(/"([^"]+)"/g)].map(
      ([, column = ""]) => column,
    );
    const near = nearest(
      name,
      columns.map((one) => one.split(".").at(-1) ?? one),
    );
    return cannot(
      `there is no column "${name}"`,
      near.length > 0
        ? `did you mean ${near.map((one) => `"${one}"`).join(" or ")}?`
        : columns.length > 0
          ? `near it: ${columns.join(", ")}`
          : undefined,
    );
  }
  if (kind === "Permission")
    return new MayflyError(
      "refused",
      `cannot run this query${where}: it reads what it may not`,
      "a query reads tables, and files of the project that stand in it as plain text: 'folder/*.csv'",
    );
  return cannot(
    lower(first),
    candidates && !/^pg_|^has_/.test(candidates) ? `did you mean ${candidates}?` : undefined,
  );
}

function tablesThere(known: string[], name: string): string {
  if (/\.(?:csv|json|parquet|orc)$/.test(name)) return `a file stands in quotes: '${name}'`;
  return known.length > 0
    ? `there are: ${known.slice(0, 10).join(", ")}${known.length > 10 ? " …" : ""}`
    : "there are none here: outputs of this project's runs are tables, under their names in mayfly.yaml; mayfly ls --all shows where there are runs";
}

const lower = (text: string) =>
  /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

/** DuckDB counts bytes. */
function charOf(sql: string, bytes: number): number {
  return Buffer.from(sql).subarray(0, bytes).toString("utf8").length;
}

function placeOf(sql: string, at: number): string {
  const lines = sql.slice(0, at).split("\n");
  return `line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}`;
}
