import { accessSync, constants, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { readIfThere } from "../../base/files.ts";
import { lineOf } from "../versions.ts";
import type { Effects, Tell } from "./effects.ts";
import { fetchPackage } from "./fetch.ts";
import { JRE } from "./packages.ts";
import { onPath } from "./python.ts";

/** The home of a Java that this Spark runs on: the person's, or a fetched one. */
export async function ensureJava(
  spark: string,
  python: () => Promise<string>,
  tell: Tell,
  effects: Effects,
): Promise<string> {
  return (await findJava(spark, tell, effects)) ?? fetchPackage(JRE, python, tell, effects);
}

/** The person's own Java, if this Spark runs on it; what is passed over is told. */
export async function findJava(
  spark: string,
  tell: Tell,
  effects: Effects,
): Promise<string | undefined> {
  const { java } = lineOf(spark);
  const runsOn = `Spark ${spark} runs on Java ${java.slice(0, -1).join(", ")} or ${java.at(-1)}`;
  for await (const { home, from } of candidates(java, effects)) {
    const major = home === undefined ? undefined : await majorOf(home, effects);
    if (home !== undefined && major !== undefined && java.includes(major)) return home;
    const why =
      major === undefined ? "there is no Java in it" : `it is Java ${major}, and ${runsOn}`;
    tell({ kind: "note", text: `${from} is passed over: ${why}` });
  }
  return undefined;
}

interface Candidate {
  home: string | undefined;
  from: string;
}

async function* candidates(majors: readonly number[], effects: Effects): AsyncIterable<Candidate> {
  const { env, platform, exec } = effects;
  if (env.JAVA_HOME) yield { home: env.JAVA_HOME, from: `JAVA_HOME=${env.JAVA_HOME}` };
  if (platform === "darwin") {
    // There, /usr/bin/java is a stub that only asks this program.
    for (const major of majors.toReversed()) {
      const version = major === 8 ? "1.8" : String(major);
      const { code, stdout } = await exec("/usr/libexec/java_home", ["-F", "-v", version], { env });
      if (code === 0 && stdout.trim()) yield { home: stdout.trim(), from: stdout.trim() };
    }
  }
  const java = onPath("java", env);
  if (!java || (platform === "darwin" && java === "/usr/bin/java")) return;
  const beside = dirname(dirname(realpathSync(java)));
  // A shim of a version manager is no link into a Java: then the Java itself says where it lives.
  const home = readIfThere(join(beside, "release")) ? beside : await homeFrom(java, effects);
  yield { home, from: `java on the PATH (${java})` };
}

async function homeFrom(java: string, effects: Effects): Promise<string | undefined> {
  const text = await properties(java, effects);
  return /^\s*java\.home = (.+)$/m.exec(text)?.[1]?.trim();
}

async function majorOf(home: string, effects: Effects): Promise<number | undefined> {
  const java = join(home, "bin/java");
  try {
    accessSync(java, constants.X_OK);
  } catch {
    return undefined;
  }
  const release = /^JAVA_VERSION="?([^"\n]+)/m.exec(readIfThere(join(home, "release")) ?? "");
  if (release?.[1]) return parseMajor(release[1]);
  // Debian's Java 8 keeps no release file in its jre folder.
  const version = /^\s*java\.version = (.+)$/m.exec(await properties(java, effects));
  return parseMajor(version?.[1] ?? "");
}

async function properties(java: string, { exec, env }: Effects): Promise<string> {
  const { stdout, stderr } = await exec(java, ["-XshowSettings:properties", "-version"], { env });
  return `${stdout}\n${stderr}`;
}

/** "17.0.15" is 17 and "1.8.0_362" is 8. */
export function parseMajor(version: string): number | undefined {
  const found = /^(?:1\.)?(\d+)/.exec(version.trim());
  return found ? Number(found[1]) : undefined;
}
