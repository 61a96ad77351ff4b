/** A Python traceback as its reader wants it: the line of their own code, then what went wrong. */
export interface Traceback {
  file: string;
  line: number;
  code: string;
  error: string;
}

const START = "Traceback (most recent call last):";
const FRAME = /^ {2}File "(.+)", line (\d+)(?:, in .*)?$/;
const SYNTAX = /^(?:SyntaxError|IndentationError|TabError)\b/;
/** Frames of Spark, Py4J, Python itself and installed packages are not the person's. */
const FOREIGN =
  /\/(pyspark|py4j)\/|\/(pyspark|py4j-[\w.]+-src)\.zip\/|\/(site|dist)-packages\/|\/lib\/python3[\d.]*\/|^<(?!stdin|string)/;

/**
 * The last traceback in a text that passes through the person's own code, and of its frames the deepest
 * that is theirs. That of a worker comes inside of the driver's, at the end of a line of Java's.
 */
export function readTraceback(text: string): Traceback | undefined {
  const lines = text.split(/\r?\n/);
  const starts = lines.flatMap((line, i) => (line.endsWith(START) ? [i + 1] : [])).reverse();
  const read = starts.map((from) => readAt(lines, from)).filter((one) => one !== undefined);
  if (starts.length > 0) return read.find(({ file }) => !FOREIGN.test(file)) ?? read[0];
  // A file that cannot be parsed has no traceback, only the place.
  const from = lines.findIndex((line) => FRAME.test(line));
  const found = from < 0 ? undefined : readAt(lines, from);
  return found && SYNTAX.test(found.error) ? found : undefined;
}

function readAt(lines: string[], from: number): Traceback | undefined {
  const frames: { file: string; line: number; code: string }[] = [];
  let i = from;
  for (; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const frame = FRAME.exec(line);
    if (frame) frames.push({ file: frame[1] ?? "", line: Number(frame[2]), code: "" });
    else if (line.startsWith("    ")) {
      const last = frames.at(-1);
      if (last && last.code === "" && /\w/.test(line)) last.code = line.trim();
    } else if (!line.startsWith("  [Previous line repeated")) break;
  }
  const error = errorText(lines.slice(i));
  const own = frames.findLast((frame) => !FOREIGN.test(frame.file)) ?? frames.at(-1);
  return own && error !== "" ? { ...own, error } : undefined;
}

/** The message up to the Java wrapping, and up to Spark's query plan, which comes after the point. */
function errorText(lines: string[]): string {
  const kept: string[] = [];
  for (const line of lines) {
    if (
      /^\s+at \S+\(|^JVM stacktrace:|^'?[A-Z]\w+ .*\[.*\]$|^\+- |^:- |^Driver stacktrace:/.test(
        line,
      )
    )
      break;
    if (kept.length > 0 && (line.trim() === "" || kept.length >= 8)) break;
    if (line.trim() !== "") kept.push(line);
  }
  return tidy(kept.join("\n"));
}

/** Names of modules and of Java's wrapping say nothing to the reader. */
function tidy(error: string): string {
  const first = error.replace(/^(?:[a-z_]\w*\.)+(\w+(?:Error|Exception|Warning)?\b)/, "$1");
  const java = /An error occurred while calling [^\n]*\n:?\s*([\s\S]+)/.exec(first);
  return java?.[1] ? java[1].replace(/^(?:[a-z]\w*\.)+([A-Z]\w+)/, "$1") : first;
}
