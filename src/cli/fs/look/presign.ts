import { MayflyError } from "../../../base/errors.ts";
import { LONGEST_LINK, makeLink } from "../../../engine/fs/link.ts";
import { withStores } from "../../../engine/fs/stores.ts";
import type { Command } from "../../command.ts";
import { needWords, readFsOptions, s3Options } from "../options.ts";

const usage = "fs presign s3://BUCKET/KEY [--expires-in SECONDS]";

export const presign: Command = {
  summary: "a link with which anybody can read an object, for a while",
  usage,
  examples: [
    ["fs presign s3://results/report.html --live-s3", "for an hour"],
    ["fs presign s3://results/a.csv --live-s3 --expires-in 604800", "for seven days, the most"],
  ],
  options: {
    "expires-in": { type: "string", value: "SECONDS", help: "how long it holds; 3600 by default" },
    ...s3Options,
  },
  most: 1,
  async run(input, io) {
    const [uri = ""] = needWords(input, "presign", 1, usage);
    const text = input.value("expires-in") ?? "3600";
    const seconds = /^\d+$/.test(text) ? Number(text) : 0;
    if (seconds < 1 || seconds > LONGEST_LINK) {
      throw new MayflyError(
        "usage",
        `cannot make a link that holds for "${text}" seconds`,
        `from 1 to ${LONGEST_LINK}, seven days`,
      );
    }
    return withStores(readFsOptions(input, io), async (stores) => {
      const url = await makeLink(uri, seconds, stores);
      io.out(input.flags.has("json") ? `${JSON.stringify({ uri, url, seconds })}\n` : `${url}\n`);
      return 0;
    });
  },
};
