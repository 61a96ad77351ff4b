export interface Located {
  where?: string;
  line?: string;
  message: string;
}

/** The first thing that the Scala compiler has against a file: place, message, the line itself. */
export function readScalaError(text: string): Located | undefined {
  const lines = text.split(/\r?\n/);
  const at = lines.findIndex((line) => /^.+\.scala:\d+: error: /.test(line));
  const [, file = "", number = "", first = ""] =
    /^(.+\.scala):(\d+): error: (.*)$/.exec(lines[at] ?? "") ?? [];
  if (at < 0) return undefined;
  // Between the message and the mark under the wrong word stands the line of the program.
  const mark = lines.findIndex((line, i) => i > at && /^\s*\^\s*$/.test(line));
  const until = mark < 0 ? at + 1 : mark - 1;
  const message = [first, ...lines.slice(at + 1, until)].join("\n").trimEnd();
  const code = mark < 0 ? undefined : lines[mark - 1]?.trim();
  return { where: `${file}:${number}`, ...(code ? { line: code } : {}), message };
}

/** Spark names its SQL errors in brackets; what follows the place is the query plan. */
export function readSqlError(text: string, source = ""): Located | undefined {
  const lines = text.split(/\r?\n/);
  const at = lines.findLastIndex((line) => /(?:^|: )\[[A-Z][A-Z0-9_.]+\] /.test(line));
  if (at < 0) return undefined;
  const rest = lines
    .slice(at)
    .findIndex((line, i) => i > 0 && /^(?:'?[A-Z]\w* \[|\+- |==|\s*$)/.test(line));
  const message = lines.slice(at, rest < 0 ? at + 4 : at + Math.min(rest, 4)).join("\n");
  const place = /(?:; line |\(line )(\d+),? pos \d+[;)]?/.exec(message);
  // One such line for each statement that went well before it.
  const done = lines.slice(0, at).filter((line) => /^Time taken: /.test(line)).length;
  return {
    ...(place ? sqlPlace(source, done, Number(place[1])) : {}),
    message: message
      .replace(/ ?; line \d+ pos \d+;?|\s*\(line \d+, pos \d+\)/, "")
      .replace(/^(?:Error in query: |.*?Exception: )/, ""),
  };
}

/** Line `line` of statement `index` as a line of the file. Statements begin right after the last semicolon. */
function sqlPlace(source: string, index: number, line: number): { where: string; line?: string } {
  const all = source.split(/\r?\n/);
  // spark-sql passes over lines that begin as a comment before it counts.
  const kept = all
    .map((text, i) => ({ text, number: i + 1 }))
    .filter((l) => !l.text.startsWith("--"));
  const text = kept.map((l) => l.text).join("\n");
  const starts = statementStarts(text);
  const start = starts[index];
  const found =
    start === undefined ? undefined : kept[text.slice(0, start).split("\n").length + line - 2];
  return found
    ? { where: `line ${found.number}`, line: found.text.trim() }
    : { where: `line ${line} of the statement` };
}

/** Where each statement that is not blank begins; semicolons in quotes and comments part nothing. */
function statementStarts(text: string): number[] {
  const starts: number[] = [];
  let from = 0;
  const end = (to: number) => {
    if (text.slice(from, to).trim() !== "") starts.push(from);
    from = to + 1;
  };
  const parts = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|;/g;
  for (const match of text.matchAll(parts)) if (match[0] === ";") end(match.index);
  end(text.length);
  return starts;
}
