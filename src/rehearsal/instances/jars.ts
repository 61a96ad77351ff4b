import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { listIfThere } from "../../base/files.ts";
import { withLock } from "../../base/locks.ts";
import { cacheFolder } from "../../base/places.ts";
import type { Effects, Tell } from "../../spark/install/effects.ts";
import { liveS3 } from "../../spark/live-s3.ts";
import type { Runtime } from "../../spark/runtime.ts";

interface Wanted {
  packages: string[];
  excludes: string[];
}

/**
 * A folder with the jars that a cluster's Spark has beside its own: S3A with what it needs, Hadoop
 * streaming and DistCp. Fetched once, by the Ivy in Spark's jars, into the place
 * where Spark's own `--packages` puts them: no start of a program resolves anything.
 */
export async function clusterJars(runtime: Runtime, tell: Tell, effects: Effects): Promise<string> {
  const s3a = liveS3(runtime.hadoop, {});
  const jars = join(runtime.sparkHome, "jars");
  const key = createHash("sha256")
    .update(JSON.stringify([2, s3a.packages, TOOLS, listIfThere(jars)]))
    .digest("hex");
  const folder = join(cacheFolder(effects.env), "ivy", "clusters", key.slice(0, 20));
  if (existsSync(folder)) return folder;
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    tell({ kind: "note", text: `fetching the jars of S3A and Hadoop streaming, once: ${folder}` });
    mkdirSync(dirname(folder), { recursive: true });
    const made = mkdtempSync(join(dirname(folder), "fetch-"));
    try {
      await retrieve(made, s3a, runtime, effects);
      for (const [name, version] of TOOLS) {
        const of = (one: string) => [`org.apache.hadoop:${name}:${one}`];
        const tool = (one: string) =>
          retrieve(made, { packages: of(one), excludes: [] }, runtime, effects);
        await tool(runtime.hadoop).catch(() => tool(version));
      }
      dropKnown(join(made, "jars"), jars);
      renameSync(join(made, "jars"), folder);
    } finally {
      rmSync(made, { recursive: true, force: true });
    }
  });
  return folder;
}

/** Parts that Spark has not, and the version that is taken where the one of Spark's own Hadoop is not to be had. */
const TOOLS = [
  ["hadoop-streaming", "3.3.4"],
  ["hadoop-distcp", "3.3.4"],
] as const;

async function retrieve(
  made: string,
  wanted: Wanted,
  runtime: Runtime,
  effects: Effects,
): Promise<void> {
  // Not the cache of Spark's --packages: what is in there belongs to a resolver of another name.
  const cache = join(cacheFolder(effects.env), "ivy", "clusters", "cache");
  const jars = join(runtime.sparkHome, "jars");
  const ivy = listIfThere(jars).find((name) => /^ivy-[\d.]+\.jar$/.test(name)) ?? "";
  const asked = join(made, "ivy.xml");
  writeFileSync(asked, ivyFile(wanted));
  const { code, stdout, stderr } = await effects.exec(
    join(runtime.javaHome, "bin/java"),
    [
      ...["-cp", join(jars, ivy), "org.apache.ivy.Main", "-cache", cache, "-ivy", asked],
      ...["-retrieve", join(made, "jars", "[artifact]-[revision].[ext]")],
    ],
    { env: effects.env },
  );
  const missing = wanted.packages.filter((one) => !existsSync(join(made, "jars", fileOf(one))));
  if (code === 0 && missing.length === 0) return;
  throw new MayflyError(
    "offline",
    `cannot fetch ${missing.join(", ")} with Spark's Ivy:\n${lastLines(stdout + stderr)}`,
    "connect once and run it again",
  );
}

function fileOf(coordinates: string): string {
  const [, name, version] = coordinates.split(":");
  return `${name}-${version}.jar`;
}

/** What Spark brings itself stays as Spark has it: two versions of one library are none. */
function dropKnown(folder: string, known: string): void {
  const bare = (name: string) => name.replace(/-\d[^/]*\.jar$/, "");
  const names = new Set(readdirSync(known).map(bare));
  for (const name of readdirSync(folder)) {
    if (names.has(bare(name))) rmSync(join(folder, name));
  }
}

/** SDK parts name theirs as dependencies; of the rest, what is named is all that is needed. */
function ivyFile({ packages, excludes }: Wanted): string {
  const lines = packages.map((one) => {
    const [org, name, rev] = one.split(":");
    // Of Spark and Hadoop the parts themselves: what they are made with is in Spark's jars.
    const transitive = !org?.startsWith("org.apache.") || name === "hadoop-aws";
    return `<dependency org="${org}" name="${name}" rev="${rev}" conf="default->master${transitive ? ",compile,runtime" : ""}"/>`;
  });
  const without = excludes.map((one) => {
    const [org, module] = one.split(":");
    return `<exclude org="${org}" module="${module}"/>`;
  });
  return `<ivy-module version="2.0"><info organisation="mayfly" module="cluster"/>
<configurations><conf name="default"/></configurations>
<dependencies>${lines.join("\n")}${without.join("\n")}</dependencies></ivy-module>
`;
}

function lastLines(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const told = lines.filter((line) => /not found|UNRESOLVED|rror/.test(line));
  return (told.length > 0 ? told : lines).slice(-8).join("\n");
}
