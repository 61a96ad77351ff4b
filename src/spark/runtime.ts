import { join } from "node:path";
import { MayflyError } from "../base/errors.ts";
import { listIfThere } from "../base/files.ts";
import { type ChosenSpark, chooseSpark } from "./choose.ts";
import type { PythonFiles } from "./install/asked.ts";
import { type Effects, systemEffects, type Tell } from "./install/effects.ts";
import { ensureEnvironment } from "./install/environment.ts";
import { fetchPackage } from "./install/fetch.ts";
import { ensureJava } from "./install/java.ts";
import { sparkPackage } from "./install/packages.ts";
import { findPip, findPython } from "./install/python.ts";
import { lineOf } from "./versions.ts";

export type { RuntimeNews } from "./install/effects.ts";

/** All that a Spark program needs on this machine. Without Java, Spark's and Java's parts are empty. */
export interface Runtime {
  spark: string;
  sparkHome: string;
  hadoop: string;
  scala: string;
  javaHome: string;
  python: string;
  /** Spark's own Python folder and its py4j. */
  pythonPath: string[];
}

export interface RuntimeWish extends PythonFiles {
  release?: string;
  spark?: string;
  strict?: boolean;
  /** A job of plain Python needs neither Java nor Spark: nothing of them is fetched. */
  needs: { java: boolean };
}

/** Finds what is here and fetches the rest. That an older release runs on another Spark, the plan says. */
export async function ensureRuntime(
  wish: RuntimeWish,
  tell: Tell,
  effects: Effects = systemEffects,
): Promise<Runtime> {
  const chosen = chooseSpark(wish);
  const given = wish.needs.java ? givenHome(chosen, tell, effects) : undefined;
  const spark = given?.version ?? chosen.version;
  const python = await findPython(spark, tell, effects);
  const pip = () => findPip(python, effects);
  const environment = () => ensureEnvironment({ ...wish, python, spark }, tell, effects);
  if (!wish.needs.java) {
    const { hadoop, scala } = lineOf(spark);
    const none = { sparkHome: "", javaHome: "", pythonPath: [] };
    return { spark, hadoop, scala, ...none, python: await environment() };
  }
  const sparkHome = given?.home ?? (await fetchPackage(sparkPackage(spark), pip, tell, effects));
  const javaHome = await ensureJava(spark, pip, tell, effects);
  return {
    spark,
    sparkHome,
    ...builtWith(sparkHome, spark),
    javaHome,
    python: await environment(),
    pythonPath: pythonPathOf(sparkHome),
  };
}

interface Home {
  home: string;
  version: string;
}

/** SPARK_HOME is used when the job asks for nothing else; the version stands in a jar's name. */
function givenHome(chosen: ChosenSpark, tell: Tell, { env }: Effects): Home | undefined {
  const home = env.SPARK_HOME;
  if (!home) return undefined;
  const version = jarVersion(home, /^spark-core_[\d.]+-(\d+\.\d+\.\d+).*\.jar$/);
  if (version === undefined) {
    throw new MayflyError(
      "missing",
      `SPARK_HOME is "${home}", and there is no Spark in it (no jars/spark-core_….jar)`,
      "correct it, or unset it: then Spark is fetched",
    );
  }
  if (!chosen.wished || version === chosen.version || isWithin(version, chosen.asked)) {
    return { home, version };
  }
  const text = `SPARK_HOME (${home}) is Spark ${version} and is passed over: the job asks for ${chosen.asked}`;
  tell({ kind: "note", text });
  return undefined;
}

/** "Spark 3.5" is content with any 3.5. */
function isWithin(version: string, asked: string): boolean {
  const line = /^Spark v?(\d+(?:\.\d+)?)$/.exec(asked)?.[1];
  return line !== undefined && version.startsWith(`${line}.`);
}

function builtWith(home: string, spark: string): { hadoop: string; scala: string } {
  const { hadoop, scala } = lineOf(spark);
  return {
    hadoop: jarVersion(home, /^hadoop-client-api-(.+)\.jar$/) ?? hadoop,
    scala: jarVersion(home, /^spark-core_([\d.]+)-.*\.jar$/) ?? scala,
  };
}

function jarVersion(home: string, pattern: RegExp): string | undefined {
  for (const name of listIfThere(join(home, "jars"))) {
    const found = pattern.exec(name);
    if (found?.[1]) return found[1];
  }
  return undefined;
}

function pythonPathOf(home: string): string[] {
  const folder = join(home, "python");
  const py4j = listIfThere(join(folder, "lib")).find((name) => /^py4j-.*\.zip$/.test(name));
  return [folder, ...(py4j ? [join(folder, "lib", py4j)] : [])];
}
