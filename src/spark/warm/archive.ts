import { createHash } from "node:crypto";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { readIfThere } from "../../base/files.ts";
import { cacheFolder } from "../../base/places.ts";
import { driverCommand, type Jvm, javaMajor } from "../jvm.ts";

/**
 * A class-data archive holds the classes that Spark needs as the JVM has them in memory: it maps them
 * where it would otherwise find, load and verify each of some ten thousand. One that does not fit the
 * JVM or its class path is ignored by the JVM itself.
 */
export function archivePath(jvm: Jvm, env: NodeJS.ProcessEnv): string | undefined {
  // Before Java 13 there is none for a class path without more ado; one's own jars in front make another path.
  if (javaMajor(jvm.javaHome) < 13 || jvm.conf["spark.driver.extraClassPath"]) return undefined;
  const jars = statSync(join(jvm.sparkHome, "jars"), { throwIfNoEntry: false });
  const own = statSync(jvm.ownJar, { throwIfNoEntry: false });
  const java = readIfThere(join(jvm.javaHome, "release"));
  const parts = [
    jvm.sparkHome,
    jars?.mtimeMs,
    jvm.javaHome,
    java,
    jvm.ownJar,
    own?.size,
    own?.mtimeMs,
  ];
  const name = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 20);
  return join(cacheFolder(env), "jsa", `${name}.jsa`);
}

/** A JVM takes the archive when it is there; what it thinks of one that does not fit is of no interest. */
export function withArchive(
  line: { command: string; args: string[] },
  path: string | undefined,
): { command: string; args: string[] } {
  if (path === undefined) return line;
  const quiet = ["-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-Xshare:auto"];
  return { command: line.command, args: [`-XX:SharedArchiveFile=${path}`, ...quiet, ...line.args] };
}

export interface ArchiveMaking {
  path: string;
  temporary: string;
  list: string;
  /** A JVM that notes which classes an exercise loads, and one that writes them down. */
  record: string[];
  dump: string[];
}

/** Undefined where there is one, or none can be. */
export function planArchive(jvm: Jvm, env: NodeJS.ProcessEnv): ArchiveMaking | undefined {
  const path = archivePath(jvm, env);
  if (path === undefined || existsSync(path)) return undefined;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  const list = `${temporary}.classes`;
  const { command, args } = driverCommand(jvm);
  return {
    path,
    temporary,
    list,
    record: [command, `-XX:DumpLoadedClassList=${list}`, ...args],
    dump: [
      command,
      "-Xshare:dump",
      `-XX:SharedClassListFile=${list}`,
      `-XX:SharedArchiveFile=${temporary}`,
      "-Xlog:disable",
      ...args.slice(0, -2),
    ],
  };
}
