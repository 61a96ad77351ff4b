import { judge, tell } from "./judge.ts";
import { type Drawn, loop, type Total } from "./loop.ts";
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

/** Kills a command at a point; what is wrong after the next command and one reap. */
export async function shoot({ variant, at, elsewhere }: Shot, cache: string): Promise<string[]> {
  const world = await makeWorld(cache);
  const story = tell(world);
  try {
    for (const args of variant.before) await ok(world, args);
    const killed = await story.run(variant.args, at);
    // The last answer may come when the program is done.
    const reached = killed.signal === "SIGKILL" || ("call" in at && at.moment === "answered");
    if (!reached) story.wrong.push(`was not killed, and ended with ${killed.code}`);
    await judge(world, story, { elsewhere, stays: variant.stays === true });
  } finally {
    await world.close();
  }
  return story.all();
}

export interface LoopWish extends Drawn {
  /** Of variants. */
  names?: string[];
}

/** Many points, some at a time; `most` of them drawn by a seed. */
export async function killPoints(
  { names, ...drawn }: LoopWish,
  say: (line: string) => void,
): Promise<Total> {
  const cache = makeCache();
  try {
    const variants = VARIANTS.filter(({ name }) => !names || names.includes(name));
    const all: Shot[] = [];
    for (const variant of variants) all.push(...(await shotsOf(variant, cache.path)));
    say(`killed: ${variants.map(({ name }) => name).join(", ")}`);
    const tries = all.map((shot) => ({
      what: describeShot(shot),
      wrong: () => shoot(shot, cache.path),
    }));
    return await loop(tries, drawn, say);
  } finally {
    cache.remove();
  }
}
