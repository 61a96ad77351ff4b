import { makeRandom } from "../random.ts";
import { duplicatesIn, oursIn, stepsOf, touchedIn } from "./account.ts";
import { type Ended, makeCache, makeWorld, type Point, type World } from "./world.ts";

/** A command that is killed at a point, and what stands before it. */
interface Variant {
  name: string;
  before: string[][];
  args: string[];
  /** Something is to stay, so that only `reap --all` takes it. */
  stays?: true;
}

const RUN = ["run", "both", "--on", "own"];
const UP = ["up", "lab", "--on", "own"];
export const VARIANTS: Variant[] = [
  { name: "run", before: [], args: RUN },
  { name: "linger", before: [], args: [...RUN, "--linger", "10m"], stays: true },
  { name: "reuse", before: [], args: [...RUN, "--reuse"], stays: true },
  { name: "reused", before: [[...RUN, "--reuse"]], args: [...RUN, "--reuse"], stays: true },
  { name: "up", before: [], args: UP, stays: true },
  { name: "opened", before: [UP], args: ["run", "both", "--on", "lab"], stays: true },
  { name: "down", before: [UP], args: ["down", "lab"], stays: true },
];

export interface Shot {
  variant: Variant;
  at: Point;
  /** What is done or written at it. */
  what: string;
  /** Whoever reaps has nothing of the first one's state. */
  elsewhere: boolean;
}

export const describeShot = ({ variant, at, what, elsewhere }: Shot) =>
  `${variant.name}: killed ${at.moment} ${"call" in at ? `call ${at.call}` : `write ${at.write}`} (${what}), reaped ${elsewhere ? "from elsewhere" : "here"}`;

/** Every point of a command: before, in the midst of and after each call and each write. */
export async function shotsOf(variant: Variant, cache: string): Promise<Shot[]> {
  const world = await makeWorld(cache);
  try {
    for (const args of variant.before) await ok(world, args);
    const { calls, writes } = await ok(world, variant.args);
    const points: [Point, string][] = [
      ...calls.flatMap((what, i) =>
        (["before", "handled", "answered"] as const).map((moment): [Point, string] => [
          { call: i + 1, moment },
          what,
        ]),
      ),
      ...writes.flatMap((what, i) =>
        (["before", "torn", "after"] as const).map((moment): [Point, string] => [
          { write: i + 1, moment },
          what,
        ]),
      ),
    ];
    return points
      .filter(([{ moment }, what]) => moment !== "torn" || what.startsWith("journal"))
      .map(([at, what], i) => ({ variant, at, what, elsewhere: i % 2 === 1 }));
  } finally {
    await world.close();
  }
}

async function ok(world: World, args: string[]): Promise<Ended> {
  const ended = await world.run(args);
  if (ended.code === 0) return ended;
  throw new Error(`${args.join(" ")}: ${ended.code}\n${ended.out}${ended.err}`);
}

/** What a command that is not true to its word has said. */
const UNSURE = /if it was made: (EMR|EC2) does not show it/;

/** Kills a command at a point; what is wrong after the next command and one reap. */
export async function shoot(shot: Shot, cache: string): Promise<string[]> {
  const { variant, at, elsewhere } = shot;
  const wrong: string[] = [];
  const world = await makeWorld(cache);
  const { aws } = world;
  const said: string[] = [];
  const told = async (command: Promise<Ended>, name: string) => {
    const ended = await command;
    said.push(`$ mayfly ${name}: ${ended.code ?? ended.signal}\n${ended.out}${ended.err}`);
    return ended;
  };
  try {
    for (const args of variant.before) await ok(world, args);
    const killed = await told(world.run(variant.args, at), variant.args.join(" "));
    // The last answer may come when the program is done.
    const reached = killed.signal === "SIGKILL" || ("call" in at && at.moment === "answered");
    if (!reached) wrong.push(`was not killed, and ended with ${killed.code}`);
    const reap = ["reap", "--yes", ...(variant.stays ? ["--all"] : [])];
    if (!elsewhere) {
      const next = await told(world.run(["ls"]), "ls");
      if (next.code !== 0) wrong.push(`ls ended with ${next.code}`);
      if (variant.stays) {
        await told(world.run(["reap", "--yes"]), "reap --yes");
        const list = await world.run(["ls", "--json"]);
        // What stays is known by its name.
        for (const one of await oursIn(aws))
          if (one.startsWith("cluster") && !list.out.includes(one.split(" ")[1] ?? ""))
            wrong.push(`leaked: ${one}, which nobody here knows`);
      }
    }
    const run = elsewhere ? world.there(reap) : world.run(reap);
    const reaped = await told(run, `${reap.join(" ")}${elsewhere ? " (elsewhere)" : ""}`);
    if (reaped.code !== 0) wrong.push(`reap ended with ${reaped.code}`);
    for (const one of await oursIn(aws)) wrong.push(`leaked: ${one}`);
    for (const one of await duplicatesIn(aws)) wrong.push(`made twice: ${one}`);
    for (const one of await touchedIn(aws)) wrong.push(`touched: ${one}`);
    const last = await told(world.run(["ls"]), "ls");
    if (last.code !== 0) wrong.push(`the last ls ended with ${last.code}`);
    wrong.push(...(await recordsOf(world, last)));
  } finally {
    await world.close();
  }
  return wrong.length === 0 ? [] : [...wrong, ...said];
}

/** What the records on the disk say that is not so. */
async function recordsOf(world: World, last: Ended): Promise<string[]> {
  const wrong: string[] = [];
  for (const record of world.runs()) {
    if (!record) continue; // killed before it was there
    const steps = await stepsOf(world.aws, record.id);
    const done = steps.filter((state) => state === "COMPLETED").length;
    if (record.state === "running") wrong.push(`${record.id} is said to run`);
    if (record.state === "succeeded" && done < 2)
      wrong.push(`${record.id} is said to have succeeded: ${steps}`);
    if (steps.some((state) => /PENDING|RUNNING/.test(state))) wrong.push(`steps are ${steps}`);
  }
  for (const id of world.open())
    if (!UNSURE.test(last.err)) wrong.push(`${id} is still to be ended, and nothing may be there`);
  if (/lab +cluster/.test(last.out)) wrong.push("ls still tells lab");
  return wrong;
}

export interface Total {
  points: number;
  failed: number;
  leaks: number;
  duplicates: number;
  touched: number;
}

export interface LoopWish {
  seed: number;
  most: number;
  atOnce: number;
  /** Of variants. */
  names?: string[];
  /** Only points whose description has this in it. */
  like?: string;
}

/** Many points, some at a time; `most` of them drawn by a seed. */
export async function killPoints(
  { seed, most, atOnce, names, like }: LoopWish,
  say: (line: string) => void,
): Promise<Total> {
  const cache = makeCache();
  const random = makeRandom(seed);
  try {
    const variants = VARIANTS.filter(({ name }) => !names || names.includes(name));
    const all: Shot[] = [];
    for (const variant of variants) all.push(...(await shotsOf(variant, cache.path)));
    const total = { points: 0, failed: 0, leaks: 0, duplicates: 0, touched: 0 };
    const drawn = all
      .filter((shot) => !like || describeShot(shot).includes(like))
      .map((shot) => ({ shot, by: random() }))
      .sort((a, b) => a.by - b.by)
      .slice(0, most)
      .map(({ shot }) => shot);
    say(
      `${drawn.length} of ${all.length} points of ${variants.map(({ name }) => name).join(", ")}`,
    );
    const count = (wrong: string[], word: string) =>
      wrong.filter((one) => one.startsWith(word)).length;
    const work = async () => {
      for (let shot = drawn.pop(); shot; shot = drawn.pop()) {
        const wrong = await shoot(shot, cache.path).catch((error: unknown) => [String(error)]);
        total.points++;
        if (wrong.length === 0) continue;
        total.failed++;
        total.leaks += count(wrong, "leaked");
        total.duplicates += count(wrong, "made twice");
        total.touched += count(wrong, "touched");
        say(`${describeShot(shot)}\n  ${wrong.join("\n").replaceAll("\n", "\n  ")}`);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    say(
      `points ${total.points}, wrong ${total.failed}, leaks ${total.leaks}, duplicates ${total.duplicates}, look-alikes touched ${total.touched}, seed ${seed}`,
    );
    return total;
  } finally {
    cache.remove();
  }
}
