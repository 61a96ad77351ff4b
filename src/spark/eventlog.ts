import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { listIfThere } from "../base/files.ts";

/** Only the two ends are read: an event log of a long job has hundreds of megabytes. */
const END_BYTES = 256 * 1024;

export interface AppLog {
  id: string;
  name: string;
  startedAt: number;
  firstJobAt?: number;
  endedAt?: number;
}

export function appIds(folder: string): string[] {
  return listIfThere(folder)
    .filter((file) => !file.startsWith("."))
    .map((file) => file.replace(/\.inprogress$/, ""));
}

/** Applications of an event log folder, oldest first. */
export function readAppLogs(folder: string): AppLog[] {
  return listIfThere(folder)
    .filter((file) => !file.startsWith("."))
    .map((file) => readAppLog(join(folder, file)))
    .filter((log) => log !== undefined)
    .sort((a, b) => a.startedAt - b.startedAt);
}

export function readAppLog(path: string): AppLog | undefined {
  const [head, tail] = readEnds(path);
  let log: AppLog | undefined;
  for (const line of head) {
    if (line.startsWith('{"Event":"SparkListenerApplicationStart"')) {
      const event = parse(line);
      if (event) {
        log = {
          id: String(event["App ID"]),
          name: String(event["App Name"]),
          startedAt: Number(event.Timestamp),
        };
      }
    } else if (log && line.startsWith('{"Event":"SparkListenerJobStart"')) {
      const at = /"Submission Time":(\d+)/.exec(line)?.[1];
      if (at) log.firstJobAt = Number(at);
      break;
    }
  }
  const end = tail.findLast((line) => line.startsWith('{"Event":"SparkListenerApplicationEnd"'));
  const endedAt = end && Number(parse(end)?.Timestamp);
  if (log && endedAt) log.endedAt = endedAt;
  return log;
}

function readEnds(path: string): [string[], string[]] {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const head = Buffer.alloc(Math.min(size, END_BYTES));
    readSync(file, head, 0, head.length, 0);
    const tail = Buffer.alloc(Math.min(size, END_BYTES));
    readSync(file, tail, 0, tail.length, Math.max(0, size - tail.length));
    return [head.toString("utf8").split("\n"), tail.toString("utf8").split("\n")];
  } finally {
    closeSync(file);
  }
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
