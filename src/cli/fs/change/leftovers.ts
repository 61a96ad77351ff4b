import { formatBytes, plural, printable } from "../../../base/format.ts";
import { leftovers as find } from "../../../engine/fs/leftovers.ts";
import { withStores } from "../../../engine/fs/stores.ts";
import { readAge } from "../../../model/age.ts";
import type { Command } from "../../command.ts";
import { needWords, readFsOptions, s3Options } from "../options.ts";

const usage = "fs leftovers URI [--remove] [--older-than 1d]";

export const leftovers: Command = {
  summary: "what broken transfers have left behind, and its removal",
  usage,
  examples: [
    ["fs leftovers s3://results/", "uploads that nobody has completed: S3 asks money for them"],
    ["fs leftovers s3://results/ --remove", "and away with those that are older than a day"],
    ["fs leftovers . --older-than 0m", "half-fetched files below this folder"],
  ],
  options: {
    remove: { type: "boolean", help: "remove them" },
    "older-than": {
      type: "string",
      value: "AGE",
      help: "begun before 1d (default), 12h, 30m: younger ones may still be on their way",
    },
    ...s3Options,
  },
  most: 1,
  async run(input, io) {
    const [uri = ""] = needWords(input, "leftovers", 1, usage);
    const [json, remove] = [input.flags.has("json"), input.flags.has("remove")];
    const age = readAge(input.value("older-than") ?? "1d");
    return withStores(readFsOptions(input, io), async (stores) => {
      let [found, kept] = [0, 0];
      for await (const one of find(uri, age, remove, stores)) {
        found++;
        if (one.removed === false) kept++;
        const begun = new Date(one.begun).toISOString();
        if (json) io.out(`${JSON.stringify({ ...one, begun })}\n`);
        else {
          const size = one.bytes === undefined ? "" : `  ${formatBytes(one.bytes)}`;
          io.out(`${begun.slice(0, 19).replace("T", " ")}  ${printable(one.uri)}${size}\n`);
        }
        await io.ready();
      }
      const what = plural(found, "left-over");
      if (!json && !remove) io.err(`${what}${found > 0 ? "; with --remove they go" : ""}\n`);
      if (!json && remove) io.err(`removed ${plural(found - kept, "left-over")}\n`);
      return kept > 0 ? 1 : 0;
    });
  },
};
