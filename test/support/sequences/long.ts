import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { type Played, playAll, tell } from "./loop.ts";

/**
 * The long form of the sequences: `npm run sequences`, shared among processes, which wait most of their time; a part of them: `-- --sequences 100 --seed 7
 * --minutes 10`; one that failed again: `-- --at-once 1 --seed 7 --path 12`. It runs outside of node:test, whose hooks cost as much as a tenth of it. `--shrink` looks for the shortest one that fails.
 */
const { values } = parseArgs({
  options: {
    sequences: { type: "string", default: "10000" },
    length: { type: "string", default: "40" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    minutes: { type: "string", default: "600" },
    "at-once": { type: "string", default: "6" },
    path: { type: "string" },
    shrink: { type: "boolean", default: false },
  },
});
const [sequences, length, seed, minutes, atOnce] = (
  ["sequences", "length", "seed", "minutes", "at-once"] as const
).map((name) => Number(values[name])) as [number, number, number, number, number];

/** How long it has come is told before it is over: somebody may end it. */
const TOLD_MS = 300_000;

if (atOnce > 1) {
  const one = (nth: number) => {
    const share =
      Math.floor((sequences * (nth + 1)) / atOnce) - Math.floor((sequences * nth) / atOnce);
    const wish = { sequences: share, length, minutes, seed: seed + nth, "at-once": 1 };
    const options = Object.entries(wish).flatMap(([name, value]) => [`--${name}`, String(value)]);
    if (values.shrink) options.push("--shrink");
    const child = spawn(process.execPath, ["--no-warnings", import.meta.filename, ...options], {
      stdio: "inherit",
    });
    return new Promise<number>((done) => child.on("close", (code) => done(code ?? 1)));
  };
  const codes = await Promise.all(Array.from({ length: atOnce }, (_, nth) => one(nth)));
  process.exitCode = Math.max(...codes);
} else {
  const played: Played = { sequences: 0, commands: new Map() };
  const say = () => process.stdout.write(`${tell(played, seed)}\n`);
  const timer = setInterval(say, TOLD_MS);
  try {
    const { path, shrink } = values;
    const wrong = (its: string, why: string) => {
      process.stdout.write(`wrong: --at-once 1 --seed ${seed} --path ${its}\n  ${why}\n`);
      process.exitCode = 1;
    };
    // One that is looked at closely stops there.
    const more = path !== undefined ? { path } : shrink ? {} : { wrong };
    await playAll({ sequences, length, seed, minutes, shrink, ...more }, played);
  } finally {
    clearInterval(timer);
    say();
  }
}
