import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { MayflyError } from "../../../base/errors.ts";
import { listIfThere } from "../../../base/files.ts";
import { redactText } from "../../../base/redact.ts";
import type { LogStream } from "../logs.ts";

/** Lines of a log, by their place in its bytes. */
export interface LogWindow {
  from: number;
  to: number;
  /** Of the whole file. */
  size: number;
  text: string;
  /** The beginning of a line whose end is not written yet; it comes again with the rest. */
  rest: string;
}

export interface LogName {
  step: number;
  stream: LogStream;
  bytes: number;
}

const STREAMS = ["stdout", "stderr", "spark"];
/** A line longer than this is cut into several. */
export const WINDOW = 128 * 1024;

export function logFile(folder: string, step: number, stream: string): string {
  if (!Number.isInteger(step) || step < 0 || !STREAMS.includes(stream)) {
    throw new MayflyError(
      "usage",
      `cannot show the log "${stream}" of step "${step}"`,
      `streams: ${STREAMS.join(", ")}`,
    );
  }
  return join(folder, "logs", String(step), `${stream}.log`);
}

/** Which logs a run has, and how long they are. */
export function logNames(folder: string): LogName[] {
  return listIfThere(join(folder, "logs"))
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
    .flatMap((step) =>
      STREAMS.map((stream) => ({
        step,
        stream: stream as LogStream,
        bytes: withFile(logFile(folder, step, stream), (_, size) => size) ?? 0,
      })),
    )
    .filter(({ bytes }) => bytes > 0);
}

/** Whole lines from a place on: never more of the file than is shown, however long it is. */
export function linesAfter(path: string, at: number, most = WINDOW): LogWindow {
  const none = { from: 0, to: 0, size: 0, text: "", rest: "" };
  return (
    withFile(path, (file, size) => {
      const from = lineAt(file, Math.min(Math.max(0, at), size), size);
      const bytes = readAt(file, from, Math.min(size, from + most));
      const end = bytes.lastIndexOf(10) + 1;
      const full = bytes.length === most;
      const cut = end > 0 ? end : full ? wholeCharacters(bytes) : 0;
      const text = shown(bytes.subarray(0, cut));
      const rest = full ? "" : shown(bytes.subarray(cut));
      return { from, to: from + cut, size, text, rest };
    }) ?? none
  );
}

/** Whole lines up to a place; the end of the file without one. */
export function linesBefore(path: string, at = Number.POSITIVE_INFINITY, most = WINDOW): LogWindow {
  const begin = withFile(path, (file, size) => {
    const to = Math.min(at, size);
    const start = Math.max(0, to - most);
    const bytes = readAt(file, start, to);
    const first = start === 0 ? 0 : bytes.indexOf(10) + 1;
    return { from: start + (first === bytes.length ? 0 : first), to };
  });
  const { from = 0, to = 0 } = begin ?? {};
  // No more than was asked for: what comes after is there already.
  return linesAfter(path, from, Math.max(1, to - from));
}

/** Where the line begins after a place in the middle of one. */
function lineAt(file: number, at: number, size: number): number {
  if (at === 0 || readAt(file, at - 1, at)[0] === 10) return at;
  const next = readAt(file, at, Math.min(size, at + WINDOW)).indexOf(10);
  return next < 0 ? at : at + next + 1;
}

function wholeCharacters(bytes: Buffer): number {
  let end = bytes.length;
  // Behind the last byte that is no continuation there may be half a character.
  while (end > 0 && end > bytes.length - 4 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end--;
  return (bytes[end - 1] ?? 0) >= 0xc0 ? end - 1 : bytes.length;
}

/** As it may be shown: no secrets, no colours of a terminal, nothing that moves its cursor or turns text around. */
export function shown(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  return redactText(
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
      .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "")
      .replace(/\r+\n/g, "\n")
      // A progress bar writes over its line: the last of them is what was seen.
      .replace(/[^\n\r]*\r(?=[^\n\r])/g, "")
      .replaceAll("\r", "")
      .replace(/[^\P{Cc}\n\t]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "\ufffd"),
  );
}

export function withFile<T>(path: string, work: (file: number, size: number) => T): T | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return work(file, fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

export function readAt(file: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, to - from));
  return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
}
