import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { MayflyError } from "../base/errors.ts";
import { formatBytes } from "../base/format.ts";
import { cacheFolder } from "../base/places.ts";
import { freePort } from "../base/port.ts";
import { type Effects, systemEffects } from "../spark/install/effects.ts";
import { problemOf } from "../spark/install/fetch.ts";
import { findJava } from "../spark/install/java.ts";
import { findPip, findPython } from "../spark/install/python.ts";
import { DEFAULT_SPARK } from "../spark/versions.ts";
import { stateOf } from "./project.ts";
import { activeRuns } from "./runs/records.ts";

export interface Check {
  what: string;
  state: "ok" | "warning" | "missing";
  found: string;
  remedy?: string;
}

const NEEDED = 1e9;

/**
 * Looks whether a Spark job could run here; fetches and changes nothing but the empty cache folder. Who waits hears what is
 * known so far, in the order of the checks.
 */
export async function examine(
  project: string,
  soFar: (known: Check[]) => void = () => {},
  effects: Effects = systemEffects,
): Promise<Check[]> {
  const notes: string[] = [];
  const tell = (news: { kind: string; text?: string }) => void (news.text && notes.push(news.text));
  const checks = [
    check("Node", async () => ok(process.version)),
    check("Python", async () => {
      const python = await findPython(DEFAULT_SPARK, tell, effects);
      return ok(`${python.version} (${python.path})`);
    }),
    check("pip", async () => {
      const python = await findPython(DEFAULT_SPARK, () => {}, effects);
      return ok(`by ${await findPip(python, effects)}`);
    }),
    check("Java", async () => {
      const home = await findJava(DEFAULT_SPARK, tell, effects);
      return ok(home ?? "none that fits; the first run fetches one (40 MB)");
    }),
    check("Spark", async () => lookAtSpark(effects)),
    check("cache", async () => lookAtCache(effects)),
    check("project", async () => {
      const state = stateOf(project);
      accessSync(existsSync(state) ? state : project, constants.W_OK);
      return ok(project);
    }),
    check("loopback", async () => ok(`port ${await freePort()} can be opened`)),
    check("memory", async () => {
      const total = totalmem();
      const found = formatBytes(total);
      return total > 3e9
        ? ok(found)
        : warn(found, "Spark wants 2 GB or more: close other programs");
    }),
    check("left-overs", async () => {
      const dead = activeRuns(project).filter((run) => !run.alive);
      return dead.length === 0
        ? ok("none")
        : warn(`${dead.length} killed runs`, "mayfly ls ends what they left");
    }),
  ];
  const known: (Check | undefined)[] = checks.map(() => undefined);
  await Promise.all(
    checks.map(async (one, i) => {
      known[i] = await one;
      soFar(known.filter((check) => check !== undefined));
    }),
  );
  const done = known.filter((check) => check !== undefined);
  return [...done, ...notes.map((found): Check => ({ what: "note", state: "warning", found }))];
}

const ok = (found: string): Omit<Check, "what"> => ({ state: "ok", found });
const warn = (found: string, remedy: string): Omit<Check, "what"> => ({
  state: "warning",
  found,
  remedy,
});

async function check(what: string, look: () => Promise<Omit<Check, "what">>): Promise<Check> {
  try {
    return { what, ...(await look()) };
  } catch (error) {
    const { message, remedy } = error as Partial<MayflyError> & Error;
    const known = error instanceof MayflyError ? remedy : "make it readable and writable for you";
    return { what, state: "missing", found: message, ...(known ? { remedy: known } : {}) };
  }
}

function lookAtSpark({ env }: Effects): Omit<Check, "what"> {
  if (env.SPARK_HOME) return ok(`SPARK_HOME ${env.SPARK_HOME}`);
  const home = join(cacheFolder(env), "spark", DEFAULT_SPARK);
  const problem = problemOf(home);
  if (problem === undefined) return ok(`${DEFAULT_SPARK} (${home})`);
  if (problem === "absent")
    return ok(`not here yet; the first run fetches ${DEFAULT_SPARK} (320 MB)`);
  return warn(`${home} is damaged: ${problem}`, "the next run fetches it again");
}

function lookAtCache(effects: Effects): Omit<Check, "what"> {
  const cache = cacheFolder(effects.env);
  mkdirSync(cache, { recursive: true });
  accessSync(cache, constants.W_OK);
  const free = effects.freeSpace(cache);
  const found = `${cache}, ${formatBytes(free)} free`;
  return free > NEEDED
    ? ok(found)
    : warn(found, `Spark and Java need ${formatBytes(NEEDED)}: free some space`);
}
