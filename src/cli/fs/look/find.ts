import { printable } from "../../../base/format.ts";
import { list } from "../../../engine/fs/list.ts";
import { fits, withStores } from "../../../engine/fs/stores.ts";
import type { Command } from "../../command.ts";
import { filterOptions, needWords, readFilter, readFsOptions, s3Options } from "../options.ts";
import { jsonLine } from "./ls.ts";

const usage = "fs find URI [--exclude GLOB] [--include GLOB]";

export const find: Command = {
  summary: "the files below a folder, a URI a line",
  usage,
  examples: [
    ["fs find s3://results/", "all of them"],
    ["fs find hdfs:///logs --exclude '*' --include '*.gz'", "those with that ending"],
  ],
  options: { ...filterOptions, ...s3Options },
  most: 1,
  async run(input, io) {
    const [uri = ""] = needWords(input, "find", 1, usage);
    const filter = readFilter(input);
    const json = input.flags.has("json");
    return withStores(readFsOptions(input, io), async (stores) => {
      for await (const page of list(uri, true, stores)) {
        const files = page.filter(({ kind, name }) => kind === "file" && fits(name, filter));
        io.out(files.map((item) => (json ? jsonLine(item) : `${printable(item.uri)}\n`)).join(""));
        await io.ready();
      }
      return 0;
    });
  },
};
