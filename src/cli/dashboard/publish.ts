import { MayflyError } from "../../base/errors.ts";
import { formatBytes } from "../../base/format.ts";
import { buildDashboard } from "../../engine/dashboard/build.ts";
import { checkPlace, publishPage, readExpiry } from "../../engine/dashboard/publish.ts";
import { formatCost } from "../../model/money/money.ts";
import type { Command } from "../command.ts";
import { readFsOptions, s3Options } from "../fs/options.ts";
import { inputOption, readRequest, tellFixed } from "./options.ts";

const usage = "dashboard publish s3://BUCKET/NAME.html [JOB|FILE] [--expires 1d]";
const { webhdfs: _webhdfs, "request-payer": _payer, "no-sign-request": _sign, ...s3 } = s3Options;

export const publish: Command = {
  summary: "put a dashboard into a bucket, and print a link to it that ends",
  usage,
  examples: [
    ["dashboard publish s3://results/one-off.html --live-s3", "a link for a day"],
    [
      "dashboard publish s3://results/a.html flights --live-s3 --expires 7d",
      "for a week, the most",
    ],
  ],
  options: {
    expires: {
      type: "string",
      value: "TIME",
      help: "when the link ends: 12h, 1d (by default), 7d at most",
    },
    ...inputOption,
    ...s3,
  },
  most: 2,
  async run(input, io) {
    // What and then where, as cp has it, is understood too.
    const [uri, word] = /^s3[an]?:/.test(input.words[1] ?? "")
      ? input.words.toReversed()
      : input.words;
    if (uri === undefined)
      throw new MayflyError(
        "usage",
        "mayfly dashboard publish needs a place",
        `usage: mayfly ${usage}`,
      );
    const seconds = readExpiry(input.value("expires") ?? "1d");
    const options = readFsOptions(input, io);
    checkPlace(uri, options);
    const { page, html } = await buildDashboard(readRequest(input, io, word));
    const published = await publishPage(html, uri, seconds, options);
    tellFixed(page.fixed, io);
    const { link, bytes, perMonth, borrowed } = published;
    if (input.flags.has("json")) {
      io.out(`${JSON.stringify(published)}\n`);
      return 0;
    }
    io.out(`${link}\n`);
    const ends = new Date(Date.now() + seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
    io.err(`${uri}: ${formatBytes(bytes)}, private; a month of it costs ${formatCost(perMonth)}\n`);
    io.err(`the link ends ${ends} UTC; until then whoever has it can read the page\n`);
    if (borrowed) io.err("it ends earlier when the credentials do that have signed it\n");
    return 0;
  },
};
