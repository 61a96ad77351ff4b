import { plural, printable } from "../../../base/format.ts";
import { remove } from "../../../engine/fs/remove.ts";
import { withStores } from "../../../engine/fs/stores.ts";
import type { Command } from "../../command.ts";
import {
  filterOptions,
  needWords,
  readFilter,
  readFsOptions,
  recursive,
  s3Options,
} from "../options.ts";

const usage = "fs rm URI… [--recursive]";

export const rm: Command = {
  summary: "remove files, and folders with all they hold",
  usage,
  examples: [
    ["fs rm s3://results/old.csv", "a file"],
    ["fs rm -r hdfs:///tmp/run1 hdfs:///tmp/run2", "two folders"],
    ["fs rm -r s3://results/ --exclude '*' --include '*.tmp' --dry-run", "what would go"],
  ],
  options: {
    recursive,
    "dry-run": { type: "boolean", help: "say what would be removed, and remove nothing" },
    ...filterOptions,
    ...s3Options,
  },
  async run(input, io) {
    const uris = needWords(input, "rm", 1, usage);
    const dry = input.flags.has("dry-run");
    const json = input.flags.has("json");
    return withStores(readFsOptions(input, io), async (stores) => {
      const request = {
        uris,
        recursive: input.flags.has("recursive"),
        filter: readFilter(input),
      };
      const tell = (uri: string) => {
        if (dry && !json) io.out(`would remove ${printable(uri)}\n`);
      };
      const { files, failed } = await remove(request, stores, tell, !dry);
      if (json) io.out(`${JSON.stringify({ files, failed, ...(dry ? { dryRun: true } : {}) })}\n`);
      else {
        for (const { uri, reason } of failed) io.err(`✗ ${printable(uri)}: ${printable(reason)}\n`);
        io.err(`${dry ? "would remove" : "removed"} ${plural(files, "file")}\n`);
      }
      return failed.length > 0 ? 1 : 0;
    });
  },
};
