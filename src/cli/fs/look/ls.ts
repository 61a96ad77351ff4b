import { formatBytes, printable } from "../../../base/format.ts";
import { type Listed, list, listBuckets } from "../../../engine/fs/list.ts";
import { withStores } from "../../../engine/fs/stores.ts";
import type { Command, Io } from "../../command.ts";
import { readFsOptions, recursive, s3Options } from "../options.ts";

export const ls: Command = {
  summary: "what lies at a path or URI",
  usage: "fs ls [URI] [--recursive]",
  examples: [
    ["fs ls s3://results/", "a folder of a bucket"],
    ["fs ls s3://", "the buckets"],
    ["fs ls -r hdfs:///user/me", "all files below a folder"],
    ["fs ls 's3://results/*/part-*.parquet'", "what a pattern fits"],
    ["fs ls s3://noaa-ghcn-pds/ --live-s3 --no-sign-request", "public data on S3 itself"],
  ],
  options: {
    recursive,
    human: { type: "boolean", help: "sizes as 1.2 MB" },
    ...s3Options,
  },
  most: 1,
  async run(input, io) {
    const [uri = "."] = input.words;
    const json = input.flags.has("json");
    return withStores(readFsOptions(input, io), async (stores) => {
      if (/^s3[an]?:\/*$/.test(uri)) {
        for (const { name, created } of await listBuckets(stores)) {
          const line = { name, created: new Date(created).toISOString() };
          io.out(json ? `${JSON.stringify(line)}\n` : `${timeOf(created)}  ${printable(name)}\n`);
        }
        return 0;
      }
      for await (const page of list(uri, input.flags.has("recursive"), stores)) {
        await show(page, json, input.flags.has("human"), io);
      }
      return 0;
    });
  },
};

async function show(page: Listed[], json: boolean, human: boolean, io: Io): Promise<void> {
  io.out(page.map((item) => (json ? jsonLine(item) : textLine(item, human))).join(""));
  await io.ready();
}

export function jsonLine({ uri, kind, bytes, modified, etag, storageClass }: Listed): string {
  return `${JSON.stringify({ uri, kind, bytes, ...(modified ? { modified: new Date(modified).toISOString() } : {}), ...(etag ? { etag } : {}), ...(storageClass ? { storageClass } : {}) })}\n`;
}

function textLine({ kind, bytes, modified, name }: Listed, human: boolean): string {
  const size = kind === "folder" ? "-" : human ? formatBytes(bytes) : String(bytes);
  return `${timeOf(modified).padEnd(19)}  ${size.padStart(human ? 7 : 12)}  ${printable(name)}\n`;
}

/** In UTC, as everything that is compared. */
function timeOf(at: number): string {
  return at === 0 ? "" : new Date(at).toISOString().slice(0, 19).replace("T", " ");
}
