import { homedir } from "node:os";
import { join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** What can be fetched again: Node, Spark, JRE, Python environments, jars. */
export function cacheFolder(env: Environment = process.env): string {
  if (env.MAYFLY_CACHE) return resolve(env.MAYFLY_CACHE);
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "mayfly");
}

/** What outlives a project folder: the list of projects, later clusters and rehearsals. */
export function stateFolder(env: Environment = process.env): string {
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), ".local", "state"), "mayfly");
}

/** What a person has set for all of their projects. */
export function configFolder(env: Environment = process.env): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), ".config"), "mayfly");
}
