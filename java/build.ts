/** node java/build.ts --spark-home DIR [--check]: makes mayfly.jar, or checks the one here. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Entries, writeJar } from "./jar.ts";
import { hashSources, manifestEntry, readMaking, sourceFiles } from "./manifest.ts";

const folder = import.meta.dirname;
const file = join(folder, "mayfly.jar");
const usage = "usage: node java/build.ts --spark-home DIR [--check]";

function javac(...args: string[]): string {
  try {
    return execFileSync("javac", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    if (code === "ENOENT") throw new Error("javac is not on the PATH: a JDK is needed to build");
    throw new Error(`javac failed:\n${stderr ?? ""}`);
  }
}

function build(sparkHome: string): Buffer {
  const classes = mkdtempSync(join(tmpdir(), "mayfly-java-"));
  try {
    const jars = join(sparkHome, "jars", "*");
    const sources = sourceFiles(folder).map((name) => join(folder, name));
    // Java 8 is the oldest that Spark 3.4 runs on. Newer compilers warn that it is old.
    const options = ["--release", "8", "-encoding", "UTF-8", "-Xlint:-options", "-g:source,lines"];
    javac(...options, "-classpath", jars, "-d", classes, ...sources);
    const names = readdirSync(join(classes, "mayfly"));
    const entries: Entries = new Map(
      names.map((name) => [`mayfly/${name}`, readFileSync(join(classes, "mayfly", name))]),
    );
    const version = javac("-version").trim();
    entries.set(...manifestEntry({ javac: version, sources: hashSources(folder) }));
    return writeJar(entries);
  } finally {
    rmSync(classes, { recursive: true, force: true });
  }
}

/** Another javac may write other bytes for the same source: then the sources have to do. */
function check(sparkHome: string): string {
  const committed = readFileSync(file);
  const { javac: by, sources } = readMaking(committed);
  const now = hashSources(folder);
  const changed = [...new Set([...Object.keys(now), ...Object.keys(sources)])].filter(
    (name) => now[name] !== sources[name],
  );
  if (changed.length > 0) throw new Error(`mayfly.jar was built from other ${changed.join(", ")}`);
  const version = javac("-version").trim();
  if (version !== by) return `mayfly.jar: sources match; built by ${by}, here is ${version}`;
  if (build(sparkHome).equals(committed)) return "mayfly.jar: byte for byte as built here";
  throw new Error("mayfly.jar differs from what its sources give");
}

try {
  const options = { "spark-home": { type: "string" }, check: { type: "boolean" } } as const;
  const { "spark-home": sparkHome, check: only } = parseArgs({ options }).values;
  if (sparkHome === undefined) throw new Error(usage);
  if (only) {
    console.log(check(sparkHome));
  } else {
    writeFileSync(file, build(sparkHome));
    console.log(`wrote ${file}`);
  }
} catch (error) {
  console.error(`java/build.ts: ${(error as Error).message}`);
  process.exitCode = 1;
}
