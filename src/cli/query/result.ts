import { formatCount, formatDuration, plural, printable } from "../../base/format.ts";
import { type Asking, type Query, type Rows, rowWriter } from "../../engine/query/open.ts";
import type { Io } from "../command.ts";
import { drawTable } from "./table.ts";

export type Shape = "table" | "csv" | "json" | "document";

/** Asks and shows the result; data on stdout, what is said of it on stderr. */
export async function showResult(
  query: Pick<Query, "rows">,
  sql: string,
  shape: Shape,
  wish: Asking,
  io: Io,
): Promise<void> {
  const rows = (asking: Asking) => withProgress(asking, io, (one) => query.rows(sql, one));
  if (shape === "table") return showTable(await rows(wish), sql, io);
  if (shape === "document") {
    const { ms, ...result } = await rows(wish);
    io.out(`${JSON.stringify({ ...result, ms: Math.round(ms) })}\n`);
    return;
  }
  let count = 0;
  const write = rowWriter(shape, io.out);
  const { columns, more } = await rows({
    most: Number.MAX_SAFE_INTEGER,
    ...wish,
    async some(some, columns) {
      count += some.length;
      write.rows(some, columns);
      await io.ready();
    },
  });
  write.end(columns);
  if (more) io.err(`the first ${plural(count, "row")}, there are more (--limit)\n`);
}

function showTable(result: Rows, sql: string, io: Io): void {
  const { columns, rows, more, ms, note } = result;
  if (/^explain/i.test(sql.trimStart()) && rows.length > 0) {
    // A plan is drawn already.
    for (const row of rows) io.out(`${String(row.at(-1)).split("\n").map(printable).join("\n")}\n`);
    return;
  }
  const { lines, hidden } = drawTable(result, io.terminal.out ? io.terminal.columns : undefined);
  if (columns.length > 0) for (const line of lines) io.out(`${line}\n`);
  const notes = [
    more
      ? `the first ${plural(rows.length, "row")}, there are more (--limit)`
      : plural(rows.length, "row"),
    ...(hidden > 0
      ? [`${formatCount(hidden)} of ${plural(columns.length, "column")} not shown`]
      : []),
    formatDuration(ms),
    ...(note === undefined ? [] : [note]),
  ];
  io.err(`${notes.join(", ")}\n`);
}

const FIRST_MS = 500;
const EVERY_MS = 1000;

/** A line that is written over, and goes when there are rows; not for what is done in a moment. */
export async function withProgress<T>(
  wish: Asking,
  io: Io,
  work: (asking: Asking) => Promise<T>,
): Promise<T> {
  if (!io.terminal.err) return work(wish);
  const began = performance.now();
  let part = 0;
  let timer: NodeJS.Timeout;
  let shown = false;
  const show = () => {
    const seconds = `${Math.round((performance.now() - began) / 1000)} s`;
    io.err(`\r${part > 0 ? `${Math.floor(part * 100)} %, ${seconds}` : seconds}\u001b[K\r`);
    shown = true;
    timer = setTimeout(show, EVERY_MS);
  };
  const hide = () => {
    clearTimeout(timer);
    if (shown) io.err("\r\u001b[K");
    shown = false;
  };
  timer = setTimeout(show, FIRST_MS);
  const { some } = wish;
  try {
    return await work({
      ...wish,
      progress: (now) => {
        part = now;
      },
      ...(some
        ? {
            some: (rows, columns) => {
              hide();
              return some(rows, columns);
            },
          }
        : {}),
    });
  } finally {
    hide();
  }
}
