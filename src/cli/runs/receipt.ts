import { MayflyError } from "../../base/errors.ts";
import { formatTable } from "../../base/format.ts";
import { formatCost } from "../../model/money/money.ts";
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
    const { receipt: its } = record;
    if (!its)
      throw new MayflyError(
        "refused",
        `cannot show the receipt of run ${record.id}: ${record.state === "running" ? "it has not ended" : "it was never closed by this version"}`,
        record.state === "running" ? `mayfly wait ${record.id}` : `mayfly show ${record.id}`,
      );
    if (input.flags.has("json")) {
      io.out(`${JSON.stringify(its)}\n`);
      return 0;
    }
    const rows = (["created", "gone", "remains"] as const).flatMap((word) =>
      its[word].map((one, i) => [i === 0 ? word : "", one]),
    );
    if (record.cost) rows.push(["cost", formatCost(record.cost)]);
    if (its.perMonth) rows.push(["a month", `${formatCost(its.perMonth)}, for what remains on S3`]);
    for (const line of formatTable(rows)) io.out(`${line}\n`);
    return 0;
  },
};
