import { formatBytes, plural } from "../../../base/format.ts";
import {
  type CopyRequest,
  copy,
  type Opened,
  planCopy,
  withStores,
} from "../../../engine/fs/stores.ts";
import type { Command, Input, Io, Option } from "../../command.ts";
import {
  filterOptions,
  needWords,
  readFilter,
  readFsOptions,
  recursive,
  s3Options,
} from "../options.ts";
import { moveLine, runTransfer, transferOptions } from "./transfer.ts";

const options: Record<string, Option> = {
  recursive,
  "dry-run": { type: "boolean", help: "say what would be copied, and copy nothing" },
  ...filterOptions,
  ...transferOptions,
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
    input.flags.has("dry-run")
      ? say(request, stores, input, io)
      : runTransfer(move ? "moved" : "copied", input, io, (options) =>
          copy(request, stores, options),
        ),
  );
}

async function say(request: CopyRequest, stores: Opened, input: Input, io: Io): Promise<number> {
  const json = input.flags.has("json");
  let files = 0;
  let bytes = 0;
  for await (const move of planCopy(request, stores)) {
    files++;
    bytes += move.item.bytes;
    io.out(moveLine(move, json));
    await io.ready();
  }
  if (!json) io.err(`would copy ${plural(files, "file")}, ${formatBytes(bytes)}\n`);
  return 0;
}
