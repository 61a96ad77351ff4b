import { MayflyError } from "../../base/errors.ts";
import { formatTable } from "../../base/format.ts";
import { receiptLines, whyNoReceipt } from "../../model/receipt.ts";
import type { Command } from "../command.ts";
import { locateRun } from "./locate.ts";

export const receipt: Command = {
  summary: "what a run has created, what is confirmed gone, what remains",
  usage: "receipt [RUN]",
  examples: [
    ["receipt", "of the last run"],
    ["receipt 3fa9c1", "of a run by the end of its id"],
    ["receipt last --json", "for a program"],
  ],
  options: {},
  words: "run",
  most: 1,
  async run(input, io) {
    const { record } = await locateRun(input.words[0], io);
    const lines = receiptLines(record);
    if (!lines)
      throw new MayflyError(
        "refused",
        `cannot show the receipt of run ${record.id}: ${whyNoReceipt(record)}`,
        record.state === "running" ? `mayfly wait ${record.id}` : `mayfly show ${record.id}`,
      );
    if (input.flags.has("json")) {
      io.out(`${JSON.stringify(record.receipt)}\n`);
      return 0;
    }
    const rows = lines.flatMap(([word, all]) => all.map((one, i) => [i === 0 ? word : "", one]));
    for (const line of formatTable(rows)) io.out(`${line}\n`);
    return 0;
  },
};
