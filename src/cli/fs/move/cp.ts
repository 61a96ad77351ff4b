import { formatBytes, formatDuration, plural, printable } from "../../../base/format.ts";
import type { WriteOptions } from "../../../engine/fs/stores.ts";
import {
  type CopyRequest,
  copy,
  type Opened,
  planCopy,
  withStores,
} from "../../../engine/fs/stores.ts";
import type { Command, Input, Io, Option } from "../../command.ts";
import { fetchLine } from "../../host/status.ts";
import {
  filterOptions,
  needWords,
  readFilter,
  readFsOptions,
  recursive,
  s3Options,
} from "../options.ts";

const options: Record<string, Option> = {
  recursive,
  "dry-run": { type: "boolean", help: "say what would be copied, and copy nothing" },
  ...filterOptions,
  "storage-class": { type: "string", value: "CLASS", help: "such as STANDARD_IA" },
  sse: { type: "string", value: "KIND", help: "encryption on S3: AES256 or aws:kms" },
  "sse-kms-key-id": { type: "string", value: "KEY", help: "the key for aws:kms" },
  ...s3Options,
};

const cpUsage = "fs cp FROM… TO [--recursive]";

export const cp: Command = {
  summary: "copy files and folders, between any two places",
  usage: cpUsage,
  examples: [
    ["fs cp people.csv s3://data/in/", "a file into a folder"],
    ["fs cp -r s3://results/out ./out", "what a folder holds"],
    ["fs cp -r hdfs:///logs s3://data/logs --exclude '*.tmp'", "but for some"],
    ["fs cp 's3://data/*.csv' ./in/ --dry-run", "what a pattern fits; nothing is copied"],
  ],
  options,
  run: (input, io) => run(input, io, "cp", cpUsage, false),
};

const mvUsage = "fs mv FROM… TO [--recursive]";

export const mv: Command = {
  summary: "copy, then remove what has arrived where it came from",
  usage: mvUsage,
  examples: [
    ["fs mv s3://data/a.csv s3://data/old/", "within a bucket: nothing passes through here"],
    ["fs mv -r ./out s3://results/out", "what a folder holds"],
  ],
  options,
  run: (input, io) => run(input, io, "mv", mvUsage, true),
};

async function run(
  input: Input,
  io: Io,
  verb: string,
  usage: string,
  move: boolean,
): Promise<number> {
  const words = needWords(input, verb, 2, usage);
  const request: CopyRequest = {
    from: words.slice(0, -1),
    to: words.at(-1) ?? "",
    recursive: input.flags.has("recursive"),
    filter: readFilter(input),
    move,
  };
  return withStores(readFsOptions(input, io), (stores) =>
    input.flags.has("dry-run") ? say(request, stores, input, io) : doIt(request, stores, input, io),
  );
}

async function say(request: CopyRequest, stores: Opened, input: Input, io: Io): Promise<number> {
  const json = input.flags.has("json");
  let files = 0;
  let bytes = 0;
  for await (const { from, item, to, path } of planCopy(request, stores)) {
    const [source, target] = [from.uri(item.path), to.uri(path)];
    files++;
    bytes += item.bytes;
    io.out(
      json
        ? `${JSON.stringify({ from: source, to: target, bytes: item.bytes })}\n`
        : `${printable(source)} → ${printable(target)}  ${formatBytes(item.bytes)}\n`,
    );
    await io.ready();
  }
  if (!json) io.err(`would copy ${plural(files, "file")}, ${formatBytes(bytes)}\n`);
  return 0;
}

async function doIt(request: CopyRequest, stores: Opened, input: Input, io: Io): Promise<number> {
  const json = input.flags.has("json");
  const abort = new AbortController();
  const stop = () => abort.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  const began = Date.now();
  const progress = showProgress(began, io);
  const writing: WriteOptions = { signal: abort.signal, moved: progress.moved };
  const set = (name: string, key: keyof WriteOptions) => {
    const value = input.value(name);
    return value === undefined ? {} : { [key]: value };
  };
  try {
    const { files, bytes, failed } = await copy(request, stores, {
      ...writing,
      ...set("storage-class", "storageClass"),
      ...set("sse", "encryption"),
      ...set("sse-kms-key-id", "kmsKey"),
      done: (one, reason) => {
        if (reason !== undefined && !json) {
          progress.clear();
          io.err(`✗ ${printable(one.from.uri(one.item.path))}: ${printable(reason)}\n`);
        }
      },
    });
    progress.clear();
    const ms = Date.now() - began;
    if (json) io.out(`${JSON.stringify({ files, bytes, ms, failed })}\n`);
    else {
      const rate = ms > 0 ? ` (${formatBytes(Math.round((bytes / ms) * 1000))}/s)` : "";
      const bad = failed.length > 0 ? `, ${failed.length} failed` : "";
      io.err(
        `${request.move ? "moved" : "copied"} ${plural(files, "file")}, ${formatBytes(bytes)} in ${formatDuration(ms)}${rate}${bad}\n`,
      );
    }
    return failed.length > 0 ? 1 : 0;
  } finally {
    progress.clear();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, stop);
  }
}

/** One line at the foot of a terminal; nothing off one. */
function showProgress(began: number, io: Io) {
  let bytes = 0;
  let drawn = 0;
  const live = io.terminal.err;
  return {
    moved(more: number) {
      bytes += more;
      if (!live || Date.now() - drawn < 200) return;
      drawn = Date.now();
      const line = fetchLine("data", bytes, undefined, bytes, drawn - began).replace(
        "fetching",
        "copying",
      );
      io.err(`\r\u001b[2K${line}`);
    },
    clear() {
      if (live && drawn > 0) io.err("\r\u001b[2K");
      drawn = 0;
    },
  };
}
