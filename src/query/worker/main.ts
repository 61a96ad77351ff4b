import type { DuckDBConnection } from "@duckdb/node-api";
import type { Rows, Table } from "../query.ts";
import { openLocked, viewOf } from "./locked.ts";
import { problemOf } from "./problem.ts";
import { readRows } from "./rows.ts";
import type { Said, Told } from "./told.ts";
import { writeRows } from "./write.ts";

/** The child process: one DuckDB at a time, asked by messages, several of them at once. */
interface Opened {
  free: DuckDBConnection[];
  /** Who waits for one. */
  queue: ((connection: DuckDBConnection) => void)[];
  /** How each table was made that is there. */
  views: Map<string, string>;
}

interface Running {
  connection?: DuckDBConnection;
  cancelled: boolean;
  /** What it waits for has come, or it is cancelled. */
  wake?: () => void;
  /** Asks it to end, again and again. */
  ending?: NodeJS.Timeout;
}

/** DuckDB forgets that it was asked to end where the query is not at work yet. */
const AGAIN_MS = 50;

const say = (said: Said) => void process.send?.(said);
const running = new Map<number, Running>();
let opened: Promise<Opened> | undefined;
/** Views are made one after the other. */
let making: Promise<unknown> = Promise.resolve();

// Who asked is gone. A plain exit would wait for what still runs in DuckDB's threads.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.on("message", (told: Told) => {
  if (told.do === "more") running.get(told.id)?.wake?.();
  else if (told.do === "cancel") cancel(told.id);
  else void answer(told);
});

function cancel(id: number): void {
  const one = running.get(id);
  if (!one) return;
  one.cancelled = true;
  one.wake?.();
  one.connection?.interrupt();
  one.ending ??= setInterval(() => one.connection?.interrupt(), AGAIN_MS);
}

async function answer(told: Exclude<Told, { do: "more" | "cancel" }>): Promise<void> {
  const { id } = told;
  const one: Running = { cancelled: false };
  running.set(id, one);
  try {
    if (told.do === "open") {
      opened = openLocked(told.wish).then((free) => ({ free, queue: [], views: new Map() }));
      await opened;
      say({ said: "done", id, rows: NOTHING });
    } else say({ said: "done", id, rows: await ask(told, one) });
  } catch (error) {
    say({ said: "wrong", id, problem: problemOf(error) });
  } finally {
    clearInterval(one.ending);
    running.delete(id);
  }
}

const NOTHING: Rows = { columns: [], rows: [], more: false, ms: 0 };

async function ask(told: Extract<Told, { do: "rows" | "write" }>, one: Running): Promise<Rows> {
  const { id, statement } = told;
  const there = await opened;
  if (!there) throw new Error("nothing is open");
  const connection = there.free.pop() ?? (await inQueue(there, one));
  one.connection = connection;
  const telling = setInterval(() => {
    const { percentage } = connection.progress;
    if (percentage >= 0) say({ said: "progress", id, part: percentage / 100 });
  }, 100);
  try {
    const made = making.then(() => makeViews(there, statement.tables, connection));
    making = made.catch(() => {});
    await made;
    if (one.cancelled) throw new Error("interrupted");
    if (told.do === "write") return await writeRows(connection, statement, told.file, told.format);
    return await readRows(
      connection,
      statement,
      told.most,
      told.some
        ? async (rows, columns) => {
            if (one.cancelled) throw new Error("interrupted");
            const more = new Promise<void>((resolve) => {
              one.wake = resolve;
            });
            say({ said: "some", id, rows, columns });
            await more;
            if (one.cancelled) throw new Error("interrupted");
          }
        : undefined,
    );
  } finally {
    clearInterval(telling);
    // The connection is another's from here on.
    delete one.connection;
    const next = there.queue.shift();
    if (next) next(connection);
    else there.free.push(connection);
  }
}

/** Who is cancelled while it waits leaves at once. */
function inQueue(there: Opened, one: Running): Promise<DuckDBConnection> {
  return new Promise((resolve, reject) => {
    there.queue.push(resolve);
    one.wake = () => {
      there.queue = there.queue.filter((other) => other !== resolve);
      reject(new Error("interrupted"));
    };
  });
}

async function makeViews(there: Opened, tables: Table[], connection: DuckDBConnection) {
  for (const table of tables) {
    const name = `${table.schema ?? ""}\n${table.name.toLowerCase()}`;
    const made = JSON.stringify(table);
    if (there.views.get(name) === made) continue;
    for (const sql of viewOf(table)) await connection.run(sql);
    there.views.set(name, made);
  }
}
