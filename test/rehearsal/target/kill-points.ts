import { parseArgs } from "node:util";
import { killPoints } from "../../support/faults/kill-points.ts";

/** Every point: `npm run faults`; `-- --most 50 --seed 7 --only run,up` is a part of them. */
const { values } = parseArgs({
  options: {
    most: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    "at-once": { type: "string", default: "3" },
    only: { type: "string" },
    like: { type: "string" },
  },
});
const total = await killPoints(
  {
    ...{ seed: Number(values.seed), most: Number(values.most), atOnce: Number(values["at-once"]) },
    ...(values.like ? { like: values.like } : {}),
    ...(values.only ? { names: values.only.split(",") } : {}),
  },
  (line) => void process.stdout.write(`${line}\n`),
);
process.exitCode = total.failed > 0 ? 1 : 0;
