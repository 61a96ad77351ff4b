import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { withLock } from "../../base/locks.ts";
import { cacheFolder } from "../../base/places.ts";
import { type Effects, systemEffects, type Tell } from "../../spark/install/effects.ts";
import { findPip, findPython } from "../../spark/install/python.ts";
import { ensureRuntime, type Runtime } from "../../spark/runtime.ts";
import { DEFAULT_SPARK } from "../../spark/versions.ts";
import { clusterJars } from "./jars.ts";

/** What the machines of a cluster have, all on this machine and in its cache: they see it read-only. */
export interface Software {
  python: Python;
  /** aws-cli, as a folder for Python's path. */
  awscli: string;
  spark: { runtime: Runtime; jars: string } | undefined;
}

export interface Python {
  /** The interpreter itself, behind environments and links. */
  path: string;
  /** Where it is installed. */
  prefix: string;
  /** `python3.11` */
  name: string;
  /** Packages that every instance has: numpy, as on EMR. */
  site: string;
}

/** aws-cli 1 of Python's index runs on any Python; EMR 7 has version 2, which is not there. */
const AWSCLI = "awscli==1.44.3";
/** In a clone and in the published package alike. */
export const STANDINS = resolve(import.meta.dirname, "../../../python/instance");
export const OWN_JAR = resolve(import.meta.dirname, "../../../java/mayfly.jar");

/** Finds what is here and fetches the rest, once. `spark` undefined: a cluster without Spark. */
export async function ensureSoftware(
  spark: string | undefined,
  tell: Tell,
  effects: Effects = systemEffects,
): Promise<Software> {
  const needs = { java: spark !== undefined };
  const runtime = await ensureRuntime({ ...(spark && { spark }), needs }, tell, effects);
  const [python, awscli] = [
    await askPython(runtime.python, effects),
    await ensureAwscli(tell, effects),
  ];
  if (!needs.java) return { python, awscli, spark: undefined };
  return { python, awscli, spark: { runtime, jars: await clusterJars(runtime, tell, effects) } };
}

const ASK = `import json, os, sys, sysconfig
print(json.dumps([os.path.realpath(sys.executable), sys.base_prefix, "python%d.%d" % sys.version_info[:2],
                  sysconfig.get_paths()["purelib"]]))`;

async function askPython(path: string, effects: Effects): Promise<Python> {
  const { code, stdout, stderr } = await effects.exec(path, ["-c", ASK], { env: effects.env });
  if (code !== 0) throw new MayflyError("missing", `"${path}" does not start:\n${stderr}`);
  const [real = "", prefix = "", name = "", site = ""] = JSON.parse(stdout) as string[];
  return { path: real, prefix: realpathSync(prefix), name, site };
}

async function ensureAwscli(tell: Tell, effects: Effects): Promise<string> {
  const python = await findPython(DEFAULT_SPARK, tell, effects);
  const key = createHash("sha256").update(`${AWSCLI} ${python.version}`).digest("hex");
  const folder = join(cacheFolder(effects.env), "python", `awscli-${key.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    tell({ kind: "note", text: `fetching ${AWSCLI} into ${folder} (once)` });
    const made = `${folder}.${process.pid}`;
    mkdirSync(dirname(folder), { recursive: true });
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
    const { code, stderr } = await effects.exec(
      await findPip(python, effects),
      [...args, "--target", made, AWSCLI],
      { env: { ...effects.env, PIP_USER: "0", PIP_PREFIX: "" } },
    );
    if (code !== 0) {
      rmSync(made, { recursive: true, force: true });
      throw new MayflyError(
        "offline",
        `cannot fetch ${AWSCLI}, which the instances of a rehearsal have:\n${stderr.trim()}`,
        "connect once and run it again",
      );
    }
    renameSync(made, folder);
  });
  return folder;
}
