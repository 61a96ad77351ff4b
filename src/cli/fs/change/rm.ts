import { plural, printable } from "../../../base/format.ts";
import { type Removed, remove } from "../../../engine/fs/remove.ts";
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
    "skip-trash": { type: "boolean", help: "for good, also where HDFS has a trash" },
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
        skipTrash: input.flags.has("skip-trash"),
      };
      const tell = (uri: string) => {
        if (dry && !json) io.out(`would remove ${printable(uri)}\n`);
      };
      const { failed, ...done } = await remove(request, stores, tell, !dry);
      if (json)
        io.out(`${JSON.stringify({ ...done, failed, ...(dry ? { dryRun: true } : {}) })}\n`);
      else {
        for (const { uri, reason } of failed) io.err(`✗ ${printable(uri)}: ${printable(reason)}\n`);
        io.err(`${dry ? "would remove" : "removed"} ${plural(done.files, "file")}${where(done)}\n`);
      }
      return failed.length > 0 ? 1 : 0;
    });
  },
};

function where({ files, trashed, noTrash }: Omit<Removed, "failed">): string {
  if (noTrash) return " for good: this HDFS keeps no trash";
  if (trashed === 0) return "";
  return trashed === files ? " to the trash" : `, ${trashed} of them to the trash`;
}
