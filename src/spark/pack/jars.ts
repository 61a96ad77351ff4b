import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { MayflyError, toMayflyError } from "../../base/errors.ts";
import { listIfThere } from "../../base/files.ts";
import { withLock } from "../../base/locks.ts";
import { cacheFolder } from "../../base/places.ts";
import { redactText } from "../../base/redact.ts";
import { isSpark, type Job, mergeOptions } from "../../model/job.ts";
import type { Effects, Tell } from "../install/effects.ts";
import { fetchPackage } from "../install/fetch.ts";
import { ensureJava } from "../install/java.ts";
import { sparkPackage } from "../install/packages.ts";
import { OFFLINE } from "../install/pip.ts";
import { findPip, findPython } from "../install/python.ts";
import { DEFAULT_SPARK } from "../versions.ts";
import { type Coordinates, ivyFile, ivySettings } from "./ivy.ts";

const NONE: Coordinates = { packages: [], excludePackages: [], repositories: [] };

/** The job with jars in the place of coordinates: nothing is left to be found where it runs. */
export async function withJars(job: Job, tell: Tell, effects: Effects): Promise<Job> {
  const steps = [];
  for (const step of job.steps) {
    if (!isSpark(step)) {
      steps.push(step);
      continue;
    }
    const { packages, excludePackages, repositories } = mergeOptions(job.options, step.options);
    const wish = { packages, excludePackages, repositories };
    const jars = await jarsFor(wish, tell, effects);
    const { options } = step;
    const own = jars
      ? {
          ...NONE,
          jars: [...options.jars, ...jars],
          // Spark does so with what --packages finds: some jars hold Python as well.
          pyFiles: step.kind === "pyspark" ? [...options.pyFiles, ...jars] : options.pyFiles,
        }
      : wish;
    steps.push({ ...step, options: { ...options, ...own } });
  }
  return { ...job, steps, options: { ...job.options, ...NONE } };
}

/**
 * The jars of coordinates and of all that they need, found once by the Ivy of Spark, in this machine's cache. Undefined for what may
 * be another one tomorrow: that stays for Spark to find.
 */
async function jarsFor(
  wish: Coordinates,
  tell: Tell,
  effects: Effects,
): Promise<string[] | undefined> {
  const { packages } = wish;
  if (packages.length === 0) return [];
  if (packages.some((one) => /latest|SNAPSHOT|[+[\](]/.test(one))) return undefined;
  const key = createHash("sha256").update(JSON.stringify(wish)).digest("hex").slice(0, 20);
  const folder = join(cacheFolder(effects.env), "ivy", "packs", key);
  const found = () => listIfThere(folder).map((name) => join(folder, name));
  if (existsSync(folder)) return found();
  try {
    await withLock(`${folder}.lock`, async () => {
      if (existsSync(folder)) return;
      tell({ kind: "note", text: `finding the jars of ${packages.join(", ")}, once` });
      mkdirSync(dirname(folder), { recursive: true });
      const made = mkdtempSync(join(dirname(folder), "making-"));
      try {
        await retrieve(made, wish, tell, effects);
        renameSync(join(made, "jars"), folder);
      } finally {
        rmSync(made, { recursive: true, force: true });
      }
    });
  } catch (error) {
    throw toMayflyError(error, `find the jars of ${packages.join(", ")}`);
  }
  return found();
}

async function retrieve(
  made: string,
  wish: Coordinates,
  tell: Tell,
  effects: Effects,
): Promise<void> {
  const { env, exec } = effects;
  const python = async () => findPip(await findPython(DEFAULT_SPARK, tell, effects), effects);
  const cached = join(cacheFolder(env), "spark");
  const homes = [env.SPARK_HOME ?? "", ...listIfThere(cached).map((name) => join(cached, name))];
  const ivyIn = (home: string) => {
    const name = listIfThere(join(home, "jars")).find((one) => /^ivy-[\d.]+\.jar$/.test(one));
    return name && join(home, "jars", name);
  };
  const ivy =
    homes.map(ivyIn).find((path) => path !== undefined) ??
    ivyIn(await fetchPackage(sparkPackage(DEFAULT_SPARK), python, tell, effects)) ??
    "";
  const java = join(await ensureJava(DEFAULT_SPARK, python, tell, effects), "bin/java");
  const [asked, settings] = [join(made, "ivy.xml"), join(made, "settings.xml")];
  // Not the cache of Spark's --packages: what is in there belongs to a resolver of another name.
  const cache = join(cacheFolder(env), "ivy", "packs-cache");
  writeFileSync(asked, ivyFile(wish));
  writeFileSync(settings, ivySettings(wish, cache, env));
  const pattern = join(made, "jars", "[organization]_[artifact]-[revision](-[classifier]).[ext]");
  const { code, stdout, stderr } = await exec(
    java,
    [
      ...["-cp", ivy, "org.apache.ivy.Main", "-settings", settings, "-ivy", asked],
      ...["-types", "jar", "bundle", "-retrieve", pattern],
    ],
    { env },
  );
  const printed = redactText(`${stdout}\n${stderr}`);
  const missing = [...printed.matchAll(/:: ([^:\s]+)#([^;\s]+);(\S+): (?:not found|java\.)/g)].map(
    ([, org, name, version]) => `${org}:${name}:${version}`,
  );
  if (code === 0 && missing.length === 0 && existsSync(join(made, "jars"))) return;
  const offline =
    /UnknownHost|ConnectException|SocketTimeout/.exec(printed)?.[0] ?? OFFLINE.exec(printed)?.[0];
  const what = [...new Set(missing)].join(", ") || wish.packages.join(", ");
  throw new MayflyError(
    offline ? "offline" : "not-found",
    `cannot find the jars of ${wish.packages.join(", ")}: ${what} ${offline ? `is in no repository that answers (${offline})` : "is in none of the repositories"}`,
    offline
      ? "connect once and run it again: what was found is kept"
      : "correct the coordinates (group:artifact:version), or name their repository: repositories of the submit line, --repositories URL",
  );
}
