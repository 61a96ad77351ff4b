import { MayflyError } from "../../base/errors.ts";
import { formatTable } from "../../base/format.ts";
import { compareRuns } from "../../model/compare.ts";
import type { Command } from "../command.ts";
import { locateRun } from "./locate.ts";

export const compare: Command = {
  summary: "two runs side by side",
  usage: "compare RUN RUN",
  examples: [
    [
      "compare 3fa9c1 81b2d0",
      "what was asked for, how it went, what it wrote; ≠ where they differ",
    ],
    ["compare 3fa9c1 last", "with the last run"],
    ["compare 3fa9c1 last --json", "for a program"],
  ],
  options: {},
  words: "run",
  most: 2,
  async run(input, io) {
    const [left, right] = input.words;
    if (left === undefined || right === undefined)
      throw new MayflyError(
        "usage",
        "mayfly compare needs two runs",
        "mayfly compare RUN RUN; mayfly ls lists them",
      );
    const { record: a } = await locateRun(left, io);
    const { record: b } = await locateRun(right, io);
    const rows = compareRuns([a, b], (at) => new Date(at).toISOString());
    if (input.flags.has("json")) {
      io.out(`${JSON.stringify({ runs: [a.id, b.id], rows })}\n`);
      return 0;
    }
    const lines = rows.map(({ what, values: [before = "–", after = "–"], differs }) => [
      differs ? "≠" : "",
      what,
      before,
      after,
    ]);
    for (const line of formatTable([["", "", a.id, b.id], ...lines])) io.out(`${line}\n`);
    return 0;
  },
};
