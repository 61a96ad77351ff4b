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
