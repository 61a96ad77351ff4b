import { dirname, resolve } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { readIfThere } from "../../base/files.ts";
import type { Effects } from "./effects.ts";

export interface Requirements {
  /** What pip is given, one requirement a line: includes followed, comments gone. */
  lines: string[];
  /** Those of pyspark, which itself is left out: pandas_on_spark, connect, … */
  extras: string[];
  notes: string[];
}

/** pip's own file format, flattened: what the lines say is then the whole of what an environment holds. */
export function readRequirements(path: string): Requirements {
  const found: Requirements = { lines: [], extras: [], notes: [] };
  read(resolve(path), "the job", found, []);
  return found;
}

function read(path: string, from: string, found: Requirements, above: string[]): void {
  if (above.includes(path)) return;
  const text = readIfThere(path);
  if (text === undefined) {
    throw new MayflyError(
      "not-found",
      `cannot read the requirements "${path}", named by ${from}: there is no such file`,
      "make it, or correct its name",
    );
  }
  const base = dirname(path);
  for (const line of logicalLines(text)) {
    const option = /^(-r|-c|--requirement|--constraint)(?:\s+|=|(?=[^\s-]))(.+)$/.exec(line);
    if (!option) addRequirement(line, found);
    else if (isUrl(option[2] ?? "")) found.lines.push(line);
    else {
      const file = resolve(base, option[2] ?? "");
      if (option[1] === "-r" || option[1] === "--requirement") {
        read(file, `"${path}"`, found, [...above, path]);
      } else found.lines.push(`-c ${file}`);
    }
  }
}

/** As pip reads them: lines that end in a backslash go on, comments begin after a blank. */
function logicalLines(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .replace(/\\\r?\n/g, " ")
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/(^|\s+)#.*$/, "").trim())
    .filter((line) => line !== "");
}

function isUrl(text: string): boolean {
  return /^[a-z]+:\/\//i.test(text);
}

/** A second Spark in the environment would be 300 MB that nobody uses, or worse, that somebody uses. */
export function addRequirement(line: string, found: Requirements): void {
  const spark = /^pyspark(?:\s*\[([^\]]*)\])?\s*(?=$|[=<>!~;@\s])/i.exec(line);
  if (!spark) {
    found.lines.push(line);
    return;
  }
  found.notes.push(`"${line}" is left out of the Python environment: PySpark comes with Spark`);
  for (const extra of (spark[1] ?? "").split(",")) {
    const name = extra.trim().toLowerCase().replaceAll("-", "_");
    if (name) found.extras.push(name);
  }
}

const READ_PROJECT = `
import json, sys
try:
    import tomllib
except ImportError:
    from pip._vendor import tomli as tomllib
try:
    with open(sys.argv[1], "rb") as file:
        project = tomllib.load(file).get("project", {})
    print(json.dumps({"dependencies": project.get("dependencies", []), "dynamic": project.get("dynamic", [])}))
except Exception as error:
    print(json.dumps({"error": str(error)}))
`;

/** The `[project]` dependencies of a pyproject.toml; one that only configures tools has none. */
export async function readProject(
  path: string,
  python: string,
  effects: Effects,
): Promise<Requirements> {
  const { code, stdout, stderr } = await effects.exec(python, ["-c", READ_PROJECT, resolve(path)], {
    env: effects.env,
  });
  const read =
    code === 0
      ? (JSON.parse(stdout) as { dependencies: unknown; dynamic: unknown; error?: string })
      : { dependencies: [], dynamic: [], error: stderr.trim().split("\n").at(-1) ?? "" };
  const { dependencies } = read;
  const listed =
    Array.isArray(dependencies) && dependencies.every((one) => typeof one === "string");
  if (read.error !== undefined || !listed) {
    throw new MayflyError(
      "job-file",
      `cannot read the dependencies of "${path}": ${read.error ?? "[project] dependencies is not a list of texts"}`,
      'correct it: dependencies = ["pandas>=2"] below [project]',
    );
  }
  const found: Requirements = { lines: [], extras: [], notes: [] };
  for (const line of dependencies as string[]) addRequirement(line, found);
  if (Array.isArray(read.dynamic) && read.dynamic.includes("dependencies")) {
    found.notes.push(`"${path}" says that its dependencies are dynamic: none are installed`);
  }
  return found;
}
