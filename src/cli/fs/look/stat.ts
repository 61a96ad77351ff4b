import { printable } from "../../../base/format.ts";
import { notThere, withStores } from "../../../engine/fs/stores.ts";
import type { Command } from "../../command.ts";
import { needWords, readFsOptions, s3Options } from "../options.ts";

const usage = "fs stat URI";

export const stat: Command = {
  summary: "all that is known about a file or folder",
  usage,
  examples: [
    ["fs stat s3://results/part-0.parquet", "its size, time and checksum"],
    ["fs stat hdfs:///user/me --json", "for a program"],
  ],
  options: s3Options,
  most: 1,
  async run(input, io) {
    const [uri = ""] = needWords(input, "stat", 1, usage);
    return withStores(readFsOptions(input, io), async (stores) => {
      const { store, path } = await stores.at(uri);
      const item = await store.stat(path);
      if (!item) throw notThere(uri, "look at", stores.wish);
      const facts = {
        uri: store.uri(item.path),
        kind: item.kind,
        ...(item.kind === "file" ? { bytes: item.bytes } : {}),
        ...(item.modified ? { modified: new Date(item.modified).toISOString() } : {}),
        ...(item.mode === undefined ? {} : { mode: item.mode.toString(8).padStart(3, "0") }),
        ...(item.owner === undefined ? {} : { owner: item.owner }),
        ...(item.group === undefined ? {} : { group: item.group }),
        ...(item.etag ? { etag: item.etag } : {}),
        ...(item.storageClass ? { storageClass: item.storageClass } : {}),
      };
      if (input.flags.has("json")) io.out(`${JSON.stringify(facts)}\n`);
      else
        for (const [name, value] of Object.entries(facts))
          io.out(`${name.padEnd(12)}  ${printable(String(value))}\n`);
      return 0;
    });
  },
};
