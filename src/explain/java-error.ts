/** Packages of Java, Scala, Spark and what Spark brings. */
const FOREIGN =
  /^(?:[\w.]+\/)?(?:java|javax|jdk|sun|com\.sun|scala|org\.apache|mayfly|py4j|io\.netty|com\.google|com\.amazonaws|software\.amazon|com\.fasterxml|org\.codehaus)\./;

/** The deepest line of the person's own code in a stack trace: Main.scala:12. */
export function ownFrame(text: string): { file: string; line: number } | undefined {
  for (const line of text.split(/\r?\n/)) {
    const [, method = "", file, number] =
      /^\s+at ([\w.$/<>-]+)\(([\w-]+\.(?:scala|java|kt)):(\d+)\)/.exec(line) ?? [];
    if (file && !FOREIGN.test(method)) return { file, line: Number(number) };
  }
  return undefined;
}

/**
 * The error of a JVM program: of a chain of causes the innermost says it, and a Spark job's failure
 * repeats the task's own exception after `Caused by:`.
 */
export function readJavaError(text: string): string | undefined {
  const lines = text.split(/\r?\n/);
  const thrown = lines.findLastIndex((line) =>
    /^(?:Exception in thread "[^"]*" |Error: |error: |[\w./-]+:\d+: error: )|^(?:[a-z]\w*\.)+[A-Z]\w*(?:Exception|Error)\b/.test(
      line,
    ),
  );
  if (thrown < 0) return undefined;
  const cause = lines.slice(thrown).findLast((line) => /^Caused by: /.test(line));
  const first = (cause ?? lines[thrown] ?? "")
    .replace(/^Caused by: /, "")
    .replace(/^Exception in thread "[^"]*" /, "")
    .replace(/^(?:[a-z]\w*\.)+([A-Z])/, "$1");
  return first === "" ? undefined : first;
}
