import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { redactText } from "../../base/redact.ts";
import { compareVersions } from "../versions.ts";
import type { Effects } from "./effects.ts";
import { pipRemedy } from "./packages.ts";
import { type Python, pipOf } from "./python.ts";

export interface Installation {
  python: Python;
  /** Where the environment is made; it stays there. */
  path: string;
  lines: string[];
  /** The folder that relative paths in the lines start from. */
  base: string;
  /** How messages name it. */
  what: string;
  log: string;
}

/** Makes an environment and installs into it, with the person's own pip configuration. */
export async function install(wanted: Installation, effects: Effects): Promise<void> {
  const { python, path, lines, base, what, log } = wanted;
  // What sends packages elsewhere by default would send these elsewhere too.
  const env = { ...effects.env, PIP_USER: "0", PIP_TARGET: "", PIP_PREFIX: "" };
  const version = await pipOf(python.path, effects);
  // pip 22.3 and later installs into an environment that has no pip of its own: faster, and
  // Debian's python3-venv is not needed.
  const outer = version !== undefined && compareVersions(version, "22.3") >= 0;
  const venv = ["-m", "venv", ...(outer ? ["--without-pip"] : []), path];
  const made = await effects.exec(python.path, venv, { env });
  if (made.code !== 0) {
    const text = lastLines(`${made.stdout}\n${made.stderr}`);
    throw new MayflyError(
      "missing",
      `"${python.path}" (Python ${python.version}) cannot make an environment:\n${text}`,
      pipRemedy(python.path, effects),
    );
  }
  const list = join(path, "requirements.txt");
  writeFileSync(list, `${lines.join("\n")}\n`);
  const inner = join(path, "bin/python");
  const command = outer ? python.path : inner;
  const pip = ["-m", "pip", ...(outer ? ["--python", inner] : []), "install"];
  const options = ["--disable-pip-version-check", "--no-input", "--no-warn-script-location"];
  const { code, stdout, stderr } = await effects.exec(command, [...pip, ...options, "-r", list], {
    env,
    cwd: base,
  });
  const said = redactText(`${stdout}\n${stderr}`);
  writeFileSync(log, said);
  if (code !== 0) throw pipError(what, log, said);
}

export const OFFLINE =
  /Connection refused|Name or service not known|nodename nor servname provided|Temporary failure in name resolution|Network is unreachable|No route to host|connection timed out|Failed to establish a new connection/i;
const CULPRIT =
  /(?:No matching distribution found for|Invalid requirement:|satisfies the requirement|Failed (?:building wheel|to build)(?: for)?) ['"]?([^'"\n(]+)/;

function pipError(what: string, log: string, said: string): MayflyError {
  const culprit = CULPRIT.exec(said)?.[1]?.trim();
  const named = culprit ? ` for "${culprit}"` : "";
  const message = `pip failed${named}, making a Python environment ${what}:\n${lastLines(said)}`;
  if (/No space left on device|Errno 28/.test(said)) {
    return new MayflyError(
      "disk-full",
      message,
      "free some space (mayfly prune shows what can go)",
    );
  }
  const unreachable = OFFLINE.exec(said)?.[0];
  if (unreachable) {
    return new MayflyError(
      "offline",
      `pip cannot reach the package index (${unreachable}), making a Python environment ${what}`,
      "connect once and run it again, or name an index that is reachable from here (pip's configuration, or PIP_INDEX_URL)",
    );
  }
  return new MayflyError("job-file", message, `correct the requirement; all that pip said: ${log}`);
}

export function lastLines(text: string, count = 8): string {
  const lines = text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("[notice]"));
  return lines
    .slice(-count)
    .map((line) => `  ${line}`)
    .join("\n");
}
