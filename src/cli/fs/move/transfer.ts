import { MayflyError } from "../../../base/errors.ts";
import { formatBytes, formatDuration, plural, printable } from "../../../base/format.ts";
import {
  type Move,
  makePace,
  type TransferOptions,
  type Transferred,
} from "../../../engine/fs/stores.ts";
import type { Input, Io, Option } from "../../command.ts";
import { fetchLine } from "../../host/status.ts";

export const transferOptions: Record<string, Option> = {
  "limit-rate": {
    type: "string",
    value: "RATE",
    help: "at most so much a second, as 500KB or 10MB",
  },
  "storage-class": { type: "string", value: "CLASS", help: "such as STANDARD_IA" },
  sse: { type: "string", value: "KIND", help: "encryption on S3: AES256 or aws:kms" },
  "sse-kms-key-id": { type: "string", value: "KEY", help: "the key for aws:kms" },
};

/** A transfer as a person sees it: what does not arrive, how far it is, how it ended; Ctrl-C ends it. */
export async function runTransfer<T extends Transferred>(
  did: string,
  input: Input,
  io: Io,
  work: (options: TransferOptions) => Promise<T>,
  more: (done: T) => string[] = () => [],
): Promise<number> {
  const json = input.flags.has("json");
  const abort = new AbortController();
  const stop = () => abort.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  const began = Date.now();
  const progress = showProgress(began, io);
  try {
    const done = await work({
      ...readWriting(input, abort.signal),
      signal: abort.signal,
      moved: progress.moved,
      // Only who sees it pays for knowing it.
      ...(io.terminal.err ? { planned: progress.planned } : {}),
      done: (one, reason) => {
        if (reason === undefined || json) return;
        progress.clear();
        io.err(`✗ ${printable(one.from.uri(one.item.path))}: ${printable(reason)}\n`);
      },
    });
    progress.clear();
    const ms = Date.now() - began;
    if (json) io.out(`${JSON.stringify({ ...done, ms })}\n`);
    else {
      for (const uri of done.leftOut.slice(0, 10)) io.err(leftOutLine(uri));
      if (done.leftOut.length > 10) io.err(`left out ${done.leftOut.length - 10} more such\n`);
      const { files, bytes, failed } = done;
      const rate = ms > 0 ? ` (${formatBytes(Math.round((bytes / ms) * 1000))}/s)` : "";
      const parts = [
        `${did} ${plural(files, "file")}, ${formatBytes(bytes)} in ${formatDuration(ms)}${rate}`,
        ...more(done),
        ...(failed.length > 0 ? [`${failed.length} failed`] : []),
      ];
      io.err(`${parts.join(", ")}\n`);
    }
    return done.failed.length > 0 ? 1 : 0;
  } finally {
    progress.clear();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, stop);
  }
}

export const leftOutLine = (uri: string) =>
  `left out ${printable(uri)}: it is a linked folder, or no file\n`;

/** Of a dry run. */
export function moveLine({ from, item, to, path }: Move, json: boolean): string {
  const [source, target] = [from.uri(item.path), to.uri(path)];
  return json
    ? `${JSON.stringify({ from: source, to: target, bytes: item.bytes })}\n`
    : `${printable(source)} → ${printable(target)}  ${formatBytes(item.bytes)}\n`;
}

function readWriting(input: Input, signal: AbortSignal): TransferOptions {
  const set = (name: string, key: keyof TransferOptions) => {
    const value = input.value(name);
    return value === undefined ? {} : { [key]: value };
  };
  const rate = input.value("limit-rate");
  return {
    ...set("storage-class", "storageClass"),
    ...set("sse", "encryption"),
    ...set("sse-kms-key-id", "kmsKey"),
    ...(rate === undefined ? {} : { pace: makePace(readRate(rate), signal) }),
  };
}

const UNITS: Record<string, number> = { "": 1, k: 1e3, m: 1e6, g: 1e9 };

function readRate(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?)b?(?:\/s)?$/i.exec(text);
  const rate = Number(match?.[1]) * (UNITS[match?.[2]?.toLowerCase() ?? ""] ?? 1);
  if (rate > 0) return rate;
  throw new MayflyError(
    "usage",
    `cannot read --limit-rate "${text}"`,
    "write bytes in a second: 500KB, 10MB, 1.5MB",
  );
}

/** One line at the foot of a terminal; nothing off one. */
function showProgress(began: number, io: Io) {
  let bytes = 0;
  let drawn = 0;
  let total: number | undefined;
  const live = io.terminal.err;
  return {
    planned(all: number, whole: boolean) {
      if (whole) total = all;
    },
    moved(more: number) {
      bytes += more;
      if (!live || Date.now() - drawn < 200) return;
      drawn = Date.now();
      const line = fetchLine("data", bytes, total, bytes, drawn - began)
        .replace("fetching data", "copying")
        .slice(0, io.terminal.columns - 1);
      io.err(`\r\u001b[2K${line}`);
    },
    clear() {
      if (live && drawn > 0) io.err("\r\u001b[2K");
      drawn = 0;
    },
  };
}
