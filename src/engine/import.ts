import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { MayflyError, toMayflyError } from "../base/errors.ts";
import { readFileIfThere } from "../base/files.ts";
import { readProject } from "../model/file/read-project.ts";
import { PROJECT_FILE } from "./project.ts";

export interface ImportRequest {
  cwd: string;
  /** A file, `-` for what comes in, or the words of the line themselves. */
  words: string[];
  /** Only the text: nothing is written. */
  print: boolean;
}

export interface ImportResult {
  file: string;
  text: string;
  target: string;
  job?: string;
  left: string[];
}

/** An `aws emr create-cluster` as a mayfly.yaml. What is there already is never written over. */
export async function importCluster({ cwd, words, print }: ImportRequest): Promise<ImportResult> {
  const file = join(cwd, PROJECT_FILE);
  if (!print && existsSync(file))
    throw new MayflyError(
      "refused",
      `cannot write "${file}": it is there already`,
      "--print prints what it would say",
    );
  const { importLine } = await import("../targets/emr/import/import.ts");
  const from = words[0] === "aws" ? words : textOf(words[0] ?? "-", cwd);
  const imported = importLine(from, (path) => readFileIfThere(resolve(cwd, path)));
  const { stringify } = await import("yaml");
  const notes = imported.left.map((one) => `#   ${one.replaceAll("\n", " ")}`);
  const text = [
    "# From aws emr create-cluster, by mayfly import.",
    ...(notes.length > 0 ? ["# Not carried over as it was:", ...notes] : []),
    stringify(imported.content, { lineWidth: 120 }),
  ].join("\n");
  // What Mayfly would refuse to read is told here, and not at the first run.
  readProject(text, file);
  if (!print) {
    try {
      writeFileSync(file, text, { flag: "wx" });
    } catch (error) {
      throw toMayflyError(error, `write "${file}"`);
    }
  }
  const { target, job, left } = imported;
  return { file, text, target, left, ...(job === undefined ? {} : { job }) };
}

function textOf(name: string, cwd: string): string {
  if (name === "-") return readFileSync(0, "utf8");
  const text = readFileIfThere(resolve(cwd, name));
  if (text !== undefined) return text;
  throw new MayflyError(
    "not-found",
    `cannot import "${name}": there is no such file`,
    "name a file with the line, - for what comes in, or write the line itself after --",
  );
}
