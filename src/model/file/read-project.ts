import * as v from "valibot";
import { LineCounter, parseDocument } from "yaml";
import { MayflyError } from "../../base/errors.ts";
import { didYouMean, nearest } from "../../base/nearest.ts";
import { emrEntry } from "./emr-entry.ts";
import { type FindPlace, placesIn } from "./places.ts";
import { jobSchema, type ProjectFile, projectSchema, STEP_FORMS } from "./project.ts";
import { wordsWithin } from "./words.ts";

type Path = readonly (string | number)[];

/** A file that is read. */
interface Reading {
  file: string;
  place: FindPlace;
}

/** Text of a `mayfly.yaml` → its content; every mistake is named with its line and column and the nearest right word. */
export function readProject(text: string, file: string): ProjectFile {
  const lines = new LineCounter();
  // Every scalar stays the text it was: an argument 1.10 must not become 1.1.
  const document = parseDocument(text, {
    ...{ prettyErrors: true, schema: "failsafe", lineCounter: lines },
  });
  const broken = document.errors[0];
  if (broken) {
    const tab = /tab/i.test(broken.message) || /^\s*\t/m.test(text);
    throw new MayflyError(
      "job-file",
      `cannot read "${file}": ${broken.message.trim()}`,
      tab ? "YAML is indented with spaces: replace the tab" : "mend this line, then run it again",
    );
  }
  let content: unknown;
  try {
    content = document.toJS() ?? {};
  } catch (error) {
    throw new MayflyError(
      "job-file",
      `cannot read "${file}": ${(error as Error).message}`,
      "write it without this alias",
    );
  }
  const reading = { file, place: placesIn(document, lines) };
  checkNames(content, reading, []);
  checkSteps(content, reading);
  const result = v.safeParse(projectSchema, content);
  if (!result.success) throw wrong(reading, result.issues[0], []);
  return result.output;
}

function mistaken(
  { file, place }: Reading,
  path: Path,
  problem: string,
  remedy: string | undefined,
  name = false,
): MayflyError {
  const { line, column } = place(path, { name });
  return new MayflyError("job-file", `cannot read "${file}":${line}:${column}: ${problem}`, remedy);
}

/** Where names belong to values: a list would pass for them, with its numbers as names. */
const NAMED =
  /^(?:|jobs|targets|mounts|jobs\.[^.]+\.(?:conf|env|inputs|outputs|small\.args)|jobs\.[^.]+\.steps\.\d+\.conf)$/;

function checkNames(content: unknown, reading: Reading, path: Path): void {
  if (typeof content !== "object" || content === null) return;
  const at = path.join(".");
  if (Array.isArray(content) && NAMED.test(at)) {
    throw mistaken(
      reading,
      path,
      `${at || "the file"} is ${JSON.stringify(content).slice(0, 80)}; expected names with their values`,
      "docs/jobs.md shows every word with an example",
    );
  }
  for (const [key, value] of Object.entries(content)) checkNames(value, reading, [...path, key]);
}

/** A union's own message cannot say which form was meant; the key that is there can. */
function checkSteps(content: unknown, reading: Reading): void {
  const jobs = record(record(content)?.jobs);
  for (const [job, entry] of Object.entries(jobs ?? {})) {
    const steps = record(entry)?.steps;
    if (!Array.isArray(steps)) continue;
    steps.forEach((step: unknown, i) => {
      const path = ["jobs", job, "steps", i];
      const keys = Object.keys(record(step) ?? {});
      const forms = Object.keys(STEP_FORMS) as (keyof typeof STEP_FORMS)[];
      const meant = forms.filter((form) => keys.includes(form));
      if (meant.length !== 1 || !meant[0]) {
        const found =
          meant.length > 1 ? `says ${meant.join(" and ")}` : `has ${keys.join(", ") || "nothing"}`;
        throw mistaken(
          reading,
          path,
          `${path.join(".")} ${found}; a step has exactly one of ${forms.join(", ")}`,
          keys.map((key) => didYouMean(key, forms)).find((hint) => hint !== undefined),
        );
      }
      const result = v.safeParse(STEP_FORMS[meant[0]], step);
      if (!result.success) throw wrong(reading, result.issues[0], path);
    });
  }
}

const EXPECTED: Record<string, string> = {
  Array: "a list",
  Object: "names with their values",
  string: "a text",
};

function wrong(reading: Reading, issue: v.BaseIssue<unknown>, above: Path): MayflyError {
  const keys = [...above, ...(issue.path ?? []).map((item) => item.key as string | number)];
  const path = keys.join(".");
  // Of several forms, the one that got further than its first look was meant.
  const meant = issue.type === "union" && issue.issues?.find((one) => (one.path?.length ?? 0) > 0);
  if (meant) return wrong(reading, meant, keys);
  const key = String(issue.path?.at(-1)?.key ?? "");
  if (issue.expected === "never") {
    const known = wordsAt(path);
    const remedy = didYouMean(key, known) ?? `known here: ${known.join(", ")}`;
    return mistaken(reading, keys, `${path} is not a word of this file`, remedy, true);
  }
  if (
    issue.input === undefined &&
    issue.kind === "schema" &&
    /^"\w+"$/.test(issue.expected ?? "")
  ) {
    const present = Object.keys(record(issue.path?.at(-1)?.input) ?? {});
    const [near] = nearest(key, present);
    return mistaken(
      reading,
      keys.slice(0, -1),
      `${keys.slice(0, -1).join(".")} has no ${key}:`,
      near === undefined
        ? "docs/jobs.md shows every word with an example"
        : `"${near}" is not a word of this file; did you mean "${key}"?`,
    );
  }
  const got = JSON.stringify(issue.input) ?? "nothing";
  const wanted =
    issue.kind === "validation"
      ? issue.message
      : (EXPECTED[issue.expected ?? ""] ?? issue.expected ?? issue.message);
  return mistaken(
    reading,
    keys,
    `${path || "the file"} is ${got.slice(0, 80)}; expected ${wanted}`,
    `docs/${path.startsWith("targets.") ? "emr-settings" : "jobs"}.md shows every word with an example`,
  );
}

function wordsAt(path: string): string[] {
  const parts = path.split(".");
  if (parts.length === 1) return Object.keys(projectSchema.entries);
  // Without a kind nobody knows which words a target has.
  if (parts[0] === "targets") return wordsWithin(emrEntry, parts.slice(2, -1));
  if (parts[2] === "small") return ["args"];
  if (parts[2] === "python") return ["requirements", "pyproject", "lock"];
  if (parts[4] === "copy") return ["from", "to"];
  if (parts[2] === "steps") {
    return [...new Set(Object.values(STEP_FORMS).flatMap((form) => Object.keys(form.entries)))];
  }
  return Object.keys(jobSchema.entries);
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
