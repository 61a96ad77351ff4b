import { type ErrorCode, MayflyError } from "../../base/errors.ts";
import { redactText } from "../../base/redact.ts";
import type { Effects } from "../install/effects.ts";
import { pipRemedy } from "../install/packages.ts";
import { lastLines, OFFLINE } from "../install/pip.ts";
import { describePlatform, minorOf, type Platform } from "./platform.ts";

/** What python/pack.py says of a failure. */
export interface Failure {
  code: string;
  message: string;
  requirement?: string;
  name?: string;
  version?: string;
  versions?: string[];
  wheels?: string[];
  needs?: string | null;
  file?: string;
  tags?: string;
  native?: boolean;
  said?: string[];
}

interface Around {
  platform: Platform;
  /** How messages name what is packed. */
  what: string;
  python: string;
  log: string;
  /** All that pip printed. */
  printed: string;
}

/** Names the package, what there is of it, and what to do. */
export function packProblem(failure: Failure, around: Around, effects: Effects): MayflyError {
  const { platform, what, python, log, printed } = around;
  const { requirement = "", name = requirement, version = "", wheels = [] } = failure;
  const cannot = `cannot make the packages ${what} for ${describePlatform(platform)}`;
  const own = `a wheel of your own, made on such a machine (pip wheel --no-deps ${name}==${version}), named as ./wheels/FILE.whl`;
  const error = (code: ErrorCode, text: string, remedy: string) =>
    new MayflyError(code, `${cannot}: ${text}`, remedy);
  switch (failure.code) {
    case "no-wheel": {
      const needs = failure.needs ? `; it needs Python ${failure.needs}` : "";
      return error(
        "job-file",
        `"${requirement}": ${name} ${version} has no wheel for it, but for ${listed(nearestFirst(wheels, platform))}${needs}`,
        `another version of ${name}, another Python of the target (python: "3.11"), a newer release, or ${own}`,
      );
    }
    case "source-only":
      return error(
        "job-file",
        `"${requirement}": ${name}${version && ` ${version}`} is there as source only, which has to be built`,
        `build it: pip wheel --no-deps ${version ? `${name}==${version}` : name} -w wheels, and name the wheel: ./wheels/FILE.whl`,
      );
    case "not-found": {
      const unreachable = failure.versions?.length === 0 && OFFLINE.exec(printed)?.[0];
      if (unreachable) return offline(cannot, `"${requirement}"`, unreachable);
      const { versions = [] } = failure;
      const there =
        versions.length > 0
          ? `the newest there are ${versions.join(", ")}`
          : "no index that pip asks has it";
      return error(
        "job-file",
        `"${requirement}": there is no such package; ${there}`,
        "correct its name or version",
      );
    }
    case "other-target":
      return error(
        "job-file",
        `"${requirement}" ${failure.native ? "was built into" : "is"} ${failure.file}, which runs on ${failure.tags} only`,
        failure.native
          ? `it has parts in another language: build its wheel on such a machine (Python ${minorOf(platform.python)}), and name that: ./wheels/FILE.whl`
          : "name the wheel that was built for it",
      );
    case "not-built":
      return error(
        "job-file",
        `pip cannot build "${requirement}":\n${redactText((failure.said ?? []).map((line) => `  ${line}`).join("\n"))}`,
        `try it: pip wheel --no-deps ${requirement}; all that pip said: ${log}`,
      );
    case "no-pip":
      return new MayflyError(
        "missing",
        `${cannot}: ${failure.message}`,
        pipRemedy(python, effects),
      );
    case "disk-full":
      return new MayflyError(
        "disk-full",
        `${cannot}: ${failure.message}`,
        "free some space (mayfly prune shows what can go)",
      );
  }
  if (failure.code !== "pip") return error("bug", failure.message, `all that pip said: ${log}`);
  if (/No space left on device|Errno 28/.test(printed))
    return new MayflyError(
      "disk-full",
      `${cannot}: the disk is full`,
      "free some space (mayfly prune shows what can go)",
    );
  const unreachable = OFFLINE.exec(printed)?.[0];
  if (unreachable) return offline(cannot, "", unreachable);
  if (/DO NOT MATCH THE HASHES/.test(printed))
    return new MayflyError(
      "damaged",
      `${cannot}: what an index gives is not what was pinned:\n${redactText(after(printed, /DO NOT MATCH THE HASHES.*?\n/))}`,
      "the index, or a proxy on the way to it, has another file under that name; if that is as it should be, pin again",
    );
  const conflict = after(printed, /The conflict is caused by:/);
  if (conflict)
    return error(
      "job-file",
      `requirements contradict each other:\n${redactText(conflict.split(/\n\s*\n|\nTo fix/)[0] ?? "")}`,
      "loosen one of them; for this Python other versions may be the newest than on this machine",
    );
  return error(
    "job-file",
    `pip failed:\n${lastLines(redactText(printed))}`,
    `correct the requirement; all that pip said: ${log}`,
  );
}

function offline(cannot: string, what: string, said: string): MayflyError {
  return new MayflyError(
    "offline",
    `${cannot}: pip cannot reach the package index${what && ` for ${what}`} (${said})`,
    "connect once and run it again, or name an index that is reachable from here (pip's configuration, or PIP_INDEX_URL); what was packed once is kept",
  );
}

const MOST = 6;

/** Those for the same system and processor tell most. */
function nearestFirst(tags: string[], { arch }: Platform): string[] {
  const near = (tag: string) => tag.includes("manylinux") && tag.includes(arch);
  return [...tags.filter(near), ...tags.filter((tag) => !near(tag))];
}

const listed = (names: string[]) =>
  names.length > MOST
    ? `${names.slice(0, MOST).join(", ")} and ${names.length - MOST} more`
    : names.join(", ");

function after(text: string, mark: RegExp): string {
  const found = mark.exec(text);
  return found
    ? text
        .slice(found.index + found[0].length)
        .replace(/^\n/, "")
        .split("\n")
        .slice(0, 10)
        .join("\n")
    : "";
}
