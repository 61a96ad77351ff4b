import { statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "../base/clock.ts";
import { appendSynced, readIfThere } from "../base/files.ts";
import { redactText } from "../base/redact.ts";
import type { Json } from "../model/json.ts";
import type { Act, Attempt, Intent } from "../model/run.ts";

/** One line of `journal.jsonl`: something is about to be done, or what came of it. */
export type Entry =
  | { n: number; at: number; intent: Intent }
  | { n: number; at: number; done: string; seen?: Json }
  | { n: number; at: number; failed: string; error: string };

export function journalFile(folder: string): string {
  return join(folder, "journal.jsonl");
}

/** The intent is on the disk before the call is made; success may be lost, intent never. */
export function openJournal(folder: string, clock: Clock = systemClock): Act {
  const path = journalFile(folder);
  const before = readJournal(folder);
  // Half a line is no entry: left there, it would spoil the next one.
  if (before.torn > 0) truncateSync(path, statSync(path).size - before.torn);
  else if (before.unended) appendSynced(path, "\n");
  let n = before.entries.at(-1)?.n ?? 0;
  const write = (line: object) =>
    appendSynced(path, `${JSON.stringify({ n: ++n, at: clock.now(), ...line })}\n`);
  return async (intent, call, seen) => {
    write({ intent });
    try {
      const result = await call();
      write({ done: intent.id, ...(seen ? { seen: seen(result) } : {}) });
      return result;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      write({ failed: intent.id, error: redactText(text) });
      throw error;
    }
  };
}

export interface JournalContent {
  entries: Entry[];
  /** Bytes of a last line that was being written when its writer ended. */
  torn: number;
  /** The last line is an entry, only its line's end is missing. */
  unended: boolean;
  /** Lines that are no entries though whole lines follow them: someone else wrote here. */
  damaged: number[];
}

export function readJournal(folder: string): JournalContent {
  const content: JournalContent = { entries: [], torn: 0, unended: false, damaged: [] };
  const lines = (readIfThere(journalFile(folder)) ?? "").split("\n");
  lines.forEach((line, i) => {
    if (line === "") return;
    const entry = parseEntry(line);
    if (entry) {
      content.entries.push(entry);
      content.unended = i === lines.length - 1;
    } else if (i === lines.length - 1) content.torn = Buffer.byteLength(line);
    else content.damaged.push(i + 1);
  });
  return content;
}

function parseEntry(line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line) as Entry;
    return typeof entry?.n === "number" && typeof entry.at === "number" ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Intents of one kind together with what is known to have come of each. */
export function attemptsOf(content: JournalContent, what?: string): Attempt[] {
  const found: Attempt[] = [];
  for (const entry of content.entries) {
    if ("intent" in entry && (what === undefined || entry.intent.do === what)) {
      found.push({ intent: entry.intent, at: entry.at, done: false });
    } else if ("done" in entry) {
      const match = found.findLast((one) => one.intent.id === entry.done && !one.done);
      if (match) {
        match.done = true;
        if (entry.seen !== undefined) match.seen = entry.seen;
      }
    }
  }
  return found;
}
