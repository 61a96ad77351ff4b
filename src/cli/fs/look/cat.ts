import { MayflyError } from "../../../base/errors.ts";
import { notThere, type Opened, wholeOf, withStores } from "../../../engine/fs/stores.ts";
import type { Command, Io } from "../../command.ts";
import { needWords, readFsOptions, s3Options } from "../options.ts";

const catUsage = "fs cat URI…";

export const cat: Command = {
  summary: "the content of files, byte for byte",
  usage: catUsage,
  examples: [
    ["fs cat s3://results/report.csv", "a file"],
    ["fs cat hdfs:///a.gz | gunzip | wc -l", "into other programs"],
  ],
  options: s3Options,
  async run(input, io) {
    const uris = needWords(input, "cat", 1, catUsage);
    return withStores(readFsOptions(input, io), async (stores) => {
      for (const uri of uris) {
        for await (const chunk of await openFile(uri, stores)) {
          io.out(chunk);
          await io.ready();
        }
      }
      return 0;
    });
  },
};

const headUsage = "fs head URI [--lines N]";

export const head: Command = {
  summary: "the first lines of a file",
  usage: headUsage,
  examples: [
    ["fs head s3://results/report.csv", "ten of them"],
    ["fs head hdfs:///log.txt -n 100", "a hundred; no more of the file is read than they take"],
  ],
  options: {
    lines: { type: "string", short: "n", value: "N", help: "how many; 10 by default" },
    ...s3Options,
  },
  most: 1,
  async run(input, io) {
    const [uri = ""] = needWords(input, "head", 1, headUsage);
    const text = input.value("lines") ?? "10";
    if (!/^\d{1,9}$/.test(text)) {
      throw new MayflyError("usage", `cannot show "${text}" lines`, "write --lines 20");
    }
    return withStores(readFsOptions(input, io), (stores) =>
      showLines(uri, Number(text), stores, io),
    );
  },
};

async function showLines(uri: string, most: number, stores: Opened, io: Io): Promise<number> {
  const stream = await openFile(uri, stores);
  let left = most;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let end = 0;
    while (left > 0 && end < chunk.length) {
      const line = chunk.indexOf(10, end);
      end = line < 0 ? chunk.length : line + 1;
      if (line >= 0) left--;
    }
    io.out(chunk.subarray(0, end));
    if (left === 0) break; // what is not asked for is not fetched
    await io.ready();
  }
  return 0;
}

async function openFile(uri: string, stores: Opened) {
  const { store, path } = await stores.at(uri);
  const item = await store.stat(path);
  if (!item) throw notThere(uri, "read", stores.wish);
  if (item.kind === "folder") {
    throw new MayflyError("usage", `cannot read "${uri}": it is a folder`, "mayfly fs ls lists it");
  }
  return store.read(path, wholeOf(item));
}
