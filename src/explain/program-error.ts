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
export function readSqlError(text: string): Located | undefined {
  const lines = text.split(/\r?\n/);
  const at = lines.findLastIndex((line) => /(?:^|: )\[[A-Z][A-Z0-9_.]+\] /.test(line));
  if (at < 0) return undefined;
  const rest = lines
    .slice(at)
    .findIndex((line, i) => i > 0 && /^(?:'?[A-Z]\w* \[|\+- |==|\s*$)/.test(line));
  const message = lines.slice(at, rest < 0 ? at + 4 : at + Math.min(rest, 4)).join("\n");
  const place = /; line (\d+) pos \d+;?/.exec(message);
  return {
    ...(place ? { where: `line ${place[1]} of the statement` } : {}),
    message: message
      .replace(/; line \d+ pos \d+;?/, "")
      .replace(/^(?:Error in query: |.*?Exception: )/, ""),
  };
}
