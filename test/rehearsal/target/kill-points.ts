import { parseArgs } from "node:util";
import { faultPoints } from "../../support/faults/fault-points.ts";
import { killPoints } from "../../support/faults/kill-points.ts";

/** Every point: `npm run faults`. A part of them: `-- kills --most 50 --seed 7 --only run,up --like RunJobFlow`. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    most: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    "at-once": { type: "string", default: "3" },
    only: { type: "string" },
    like: { type: "string" },
  },
});
const { most, seed, only, like } = values;
const say = (line: string) => void process.stdout.write(`${line}\n`);
const wish = {
  ...{ seed: Number(seed), most: Number(most), atOnce: Number(values["at-once"]) },
  ...(like ? { like } : {}),
};
const wanted = (word: string) => positionals.length === 0 || positionals.includes(word);
let failed = 0;
if (wanted("kills"))
  failed += (await killPoints({ ...wish, ...(only ? { names: only.split(",") } : {}) }, say))
    .failed;
if (wanted("faults")) failed += (await faultPoints(wish, say)).failed;
process.exitCode = failed > 0 ? 1 : 0;
