import { formatTable } from "../../base/format.ts";
import { showPrices, updatePrices } from "../../engine/money/prices.ts";
import { priceCells } from "../../model/money/cells.ts";
import type { Command } from "../command.ts";

export const prices: Command = {
  summary: "what things cost, and from which day the prices are",
  usage: "prices [--type TYPE] [--region REGION] [--update]",
  examples: [
    ["prices", "of your region"],
    ["prices --type m5.xlarge --region us-east-1 --region eu-west-1", "one type in two regions"],
    ["prices --update", "ask AWS for those of the targets in mayfly.yaml"],
  ],
  options: {
    type: { type: "string", value: "TYPE", help: "an instance type; may be given again" },
    region: { type: "string", value: "REGION", help: "a region; may be given again" },
    update: { type: "boolean", help: "ask AWS first, and keep what it says" },
  },
  most: 0,
  async run(input, io) {
    const [types, regions] = [input.values("type"), input.values("region")];
    const request = { cwd: io.cwd, env: io.env, types, regions };
    const updated = input.flags.has("update") ? await updatePrices(request) : undefined;
    const { rows, sources, own } = await showPrices(updated ? { ...request, ...updated } : request);
    if (input.flags.has("json")) {
      io.out(`${JSON.stringify({ rows, sources, own, ...(updated ? { updated } : {}) })}\n`);
      return 0;
    }
    const head = ["REGION", "WHAT", "ON DEMAND", "SPOT", "EMR", "PER", "OF"];
    for (const line of formatTable([head, ...rows.map(priceCells)])) io.out(`${line}\n`);
    for (const one of updated?.missing ?? []) io.err(`AWS does not say clearly: ${one}\n`);
    for (const { of, from } of sources) io.err(`${of}: ${from}\n`);
    io.err(`prices of your own: ${own}\n`);
    return 0;
  },
};
