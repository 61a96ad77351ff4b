import { plural, printable } from "../../../base/format.ts";
import { changeModes } from "../../../engine/fs/chmod.ts";
import { withStores } from "../../../engine/fs/stores.ts";
import type { Command } from "../../command.ts";
import { needWords, readFsOptions, recursive, s3Options } from "../options.ts";

const usage = "fs chmod MODE URI… [--recursive]";

export const chmod: Command = {
  summary: "change who may read, write and execute",
  usage,
  examples: [
    ["fs chmod 750 hdfs:///user/me", "a folder"],
    ["fs chmod -r a+rX,go-w ./out", "a folder with all that it holds"],
  ],
  options: { recursive, ...s3Options },
  async run(input, io) {
    const [mode = "", ...words] = input.words;
    const uris = needWords({ ...input, words }, "chmod", 1, usage);
    return withStores(readFsOptions(input, io), async (stores) => {
      const { changed, failed } = await changeModes(
        mode,
        uris,
        input.flags.has("recursive"),
        stores,
      );
      if (input.flags.has("json")) io.out(`${JSON.stringify({ changed, failed })}\n`);
      else {
        for (const { uri, reason } of failed) io.err(`✗ ${printable(uri)}: ${printable(reason)}\n`);
        io.err(`changed ${plural(changed, "mode")}\n`);
      }
      return failed.length > 0 ? 1 : 0;
    });
  },
};
