import { duplicatesIn, oursIn, stepsOf, touchedIn } from "./account.ts";
import type { Ended, Point, World } from "./world.ts";

/** What was asked and said, and what was wrong with it. */
export interface Story {
  wrong: string[];
  run(args: string[], at?: Point): Promise<Ended>;
  there(args: string[]): Promise<Ended>;
  /** Nothing where nothing is wrong. */
  all(): string[];
}

export function tell(world: World): Story {
  const wrong: string[] = [];
  const said: string[] = [];
  const told = async (command: Promise<Ended>, name: string) => {
    const ended = await command;
    said.push(`$ mayfly ${name}: ${ended.code ?? ended.signal}\n${ended.out}${ended.err}`);
    return ended;
  };
  return {
    wrong,
    run: (args, at) => told(world.run(args, at), args.join(" ")),
    there: (args) => told(world.there(args), `${args.join(" ")} (elsewhere)`),
    all: () => (wrong.length === 0 ? [] : [...wrong, ...said]),
  };
}

/** The next command and one reap: after them nothing of ours may be there, and all that is not ours has to be. */
export async function judge(
  world: World,
  story: Story,
  { elsewhere, stays }: { elsewhere: boolean; stays: boolean },
): Promise<void> {
  const { wrong } = story;
  const { aws } = world;
  if (!elsewhere) {
    const next = await story.run(["ls"]);
    if (next.code !== 0) wrong.push(`ls ended with ${next.code}`);
    if (stays) wrong.push(...(await unknownOf(world, story)));
  }
  const reap = ["reap", "--yes", ...(stays ? ["--all"] : [])];
  const reaped = await (elsewhere ? story.there(reap) : story.run(reap));
  if (reaped.code !== 0) wrong.push(`reap ended with ${reaped.code}`);
  for (const one of await oursIn(aws)) wrong.push(`leaked: ${one}`);
  for (const one of await duplicatesIn(aws)) wrong.push(`made twice: ${one}`);
  for (const one of await touchedIn(aws)) wrong.push(`touched: ${one}`);
  const last = await story.run(["ls"]);
  if (last.code !== 0) wrong.push(`the last ls ended with ${last.code}`);
  wrong.push(...(await falseIn(world, last)));
}

/** What stays without `--all` is known by its name. */
async function unknownOf(world: World, story: Story): Promise<string[]> {
  await story.run(["reap", "--yes"]);
  const { out } = await world.run(["ls", "--json"]);
  const ours = (await oursIn(world.aws)).filter((one) => one.startsWith("cluster"));
  return ours
    .filter((one) => !out.includes(one.split(" ")[1] ?? ""))
    .map((one) => `leaked: ${one}, which nobody here knows`);
}

/** What nobody knows is said to be so. */
const UNSURE = /if it was made: (EMR|EC2) does not show it/;

/** What the records on the disk say that is not so. */
async function falseIn(world: World, last: Ended): Promise<string[]> {
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
