import { formatBytes, formatTable, plural } from "../../../base/format.ts";
import { list } from "../../../engine/fs/list.ts";
import { withStores } from "../../../engine/fs/stores.ts";
import type { Command } from "../../command.ts";
import { needWords, readFsOptions, s3Options } from "../options.ts";

const usage = "fs du URI…";

export const du: Command = {
  summary: "files and bytes below a path or URI",
  usage,
  examples: [
    ["fs du s3://results/", "a bucket"],
    ["fs du hdfs:///a hdfs:///b --json", "two folders, for a program"],
  ],
  options: s3Options,
  async run(input, io) {
    const uris = needWords(input, "du", 1, usage);
    return withStores(readFsOptions(input, io), async (stores) => {
      const sums: { uri: string; files: number; bytes: number }[] = [];
      for (const uri of uris) {
        const sum = { uri, files: 0, bytes: 0 };
        for await (const page of list(uri, true, stores)) {
          for (const item of page.filter(({ kind }) => kind === "file")) {
            sum.files++;
            sum.bytes += item.bytes;
          }
        }
        sums.push(sum);
      }
      const rows = sums.map((sum) => [
        formatBytes(sum.bytes),
        String(sum.bytes),
        plural(sum.files, "file"),
        sum.uri,
      ]);
      io.out(
        input.flags.has("json")
          ? `${JSON.stringify(sums)}\n`
          : formatTable(rows)
              .map((line) => `${line}\n`)
              .join(""),
      );
      return 0;
    });
  },
};
