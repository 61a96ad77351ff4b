import { createInterface, type Interface } from "node:readline";
import { plural } from "../../base/format.ts";
import type { Query } from "../../engine/query/open.ts";
import { isBegun, splitStatements } from "../../engine/query/open.ts";
import type { Io } from "../command.ts";
import { reportError } from "../report.ts";
import { complete } from "./complete.ts";
import { openHistory } from "./history.ts";

const PROMPT = "sql> ";
const MORE = "...> ";
/** As in other prompts of SQL, with a dot and without. */
const LEAVE = /^(?:\.?(?:q|quit|exit)|\\q)\s*;?$/i;

/** A statement, or a word with a dot before it. */
export type Ask = (statement: string, signal: AbortSignal) => Promise<void>;

/** Statements typed at a terminal, until somebody leaves. */
export async function prompt(query: Query, ask: Ask, io: Io): Promise<number> {
  const history = openHistory(io.env);
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: true,
    history: history.all(),
    historySize: 1000,
    removeHistoryDuplicates: true,
    prompt: PROMPT,
    completer: (line: string) => complete(line, query.tables()),
  });
  let typed = "";
  let running: AbortController | undefined;
  let left = false;
  // Readline keeps lines; what is gone back to are statements.
  let kept: string[] | undefined;
  lines.on("history", (all: string[]) => {
    kept = all;
  });
  lines.on("SIGINT", () => {
    if (running) return running.abort();
    // A line that was begun is thrown away, as in a shell.
    typed = "";
    history.forget();
    lines.write(null, { ctrl: true, name: "e" });
    lines.write(null, { ctrl: true, name: "u" });
    io.err("^C (.quit leaves)\n");
    next(lines, typed);
  });
  /** One after the other, however fast they are pasted. */
  let busy: Promise<void> = Promise.resolve();
  const handle = async (line: string): Promise<void> => {
    if (typed === "" && LEAVE.test(line.trim())) {
      left = true;
      return lines.close();
    }
    const dot = typed === "" && line.trimStart().startsWith(".");
    typed = dot ? `${line};` : `${typed}${line}\n`;
    const { statements, rest } = dot ? { statements: [line], rest: "" } : splitStatements(typed);
    typed = isBegun(rest) ? rest : "";
    for (const statement of statements) {
      running = new AbortController();
      try {
        await ask(statement, running.signal);
      } catch (error) {
        reportError(error, "sql", false, io);
      } finally {
        running = undefined;
      }
    }
    next(lines, typed);
  };
  io.err(`${plural(query.tables().length, "table")} (.tables), .help says what else\n`);
  lines.prompt();
  await new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      history.add(line);
      kept?.splice(0, kept.length, ...history.all());
      busy = busy.then(() => handle(line));
    });
    lines.on("close", () => {
      // Ctrl-D has left the cursor behind the prompt.
      void busy.then(() => {
        if (!left) io.err("\n");
        resolve();
      });
    });
  });
  return 0;
}

function next(lines: Interface & { closed?: boolean }, typed: string): void {
  if (lines.closed) return;
  lines.setPrompt(typed === "" ? PROMPT : MORE);
  lines.prompt();
}
