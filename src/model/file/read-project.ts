import * as v from "valibot";
import { parseDocument } from "yaml";
import { MayflyError } from "../../base/errors.ts";
import { didYouMean, nearest } from "../../base/nearest.ts";
import { emrEntry } from "./emr-entry.ts";
import { jobSchema, type ProjectFile, projectSchema, STEP_FORMS } from "./project.ts";

/** Text of a `mayfly.yaml` → its content; every mistake is named with its place and the nearest right word. */
export function readProject(text: string, file: string): ProjectFile {
  // Every scalar stays the text it was: an argument 1.10 must not become 1.1.
  const document = parseDocument(text, { prettyErrors: true, schema: "failsafe" });
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
  checkNames(content, file, "");
  checkSteps(content, file);
  const result = v.safeParse(projectSchema, content);
  if (!result.success) throw wrong(file, result.issues[0], "");
  return result.output;
}

/** Where names belong to values: a list would pass for them, with its numbers as names. */
const NAMED =
  /^(?:jobs|targets|mounts|jobs\.[^.]+\.(?:conf|env|inputs|outputs|small\.args)|jobs\.[^.]+\.steps\.\d+\.conf)$/;

function checkNames(content: unknown, file: string, at: string): void {
  if (typeof content !== "object" || content === null) return;
  if (Array.isArray(content) && NAMED.test(at)) {
    throw new MayflyError(
      "job-file",
      `cannot read "${file}": ${at} is ${JSON.stringify(content).slice(0, 80)}; expected names with their values`,
      "docs/jobs.md shows every word with an example",
    );
  }
  for (const [key, value] of Object.entries(content))
    checkNames(value, file, at === "" ? key : `${at}.${key}`);
}

/** A union's own message cannot say which form was meant; the key that is there can. */
function checkSteps(content: unknown, file: string): void {
  const jobs = record(record(content)?.jobs);
  for (const [job, entry] of Object.entries(jobs ?? {})) {
    const steps = record(entry)?.steps;
    if (!Array.isArray(steps)) continue;
    steps.forEach((step: unknown, i) => {
      const at = `jobs.${job}.steps.${i}`;
      const keys = Object.keys(record(step) ?? {});
      const forms = Object.keys(STEP_FORMS) as (keyof typeof STEP_FORMS)[];
      const meant = forms.filter((form) => keys.includes(form));
      if (meant.length !== 1 || !meant[0]) {
        const found =
          meant.length > 1 ? `says ${meant.join(" and ")}` : `has ${keys.join(", ") || "nothing"}`;
        throw new MayflyError(
          "job-file",
          `cannot read "${file}": ${at} ${found}; a step has exactly one of ${forms.join(", ")}`,
          keys.map((key) => didYouMean(key, forms)).find((hint) => hint !== undefined),
        );
      }
      const result = v.safeParse(STEP_FORMS[meant[0]], step);
      if (!result.success) throw wrong(file, result.issues[0], at);
    });
  }
}

const EXPECTED: Record<string, string> = {
  Array: "a list",
  Object: "names with their values",
  string: "a text",
};

function wrong(file: string, issue: v.BaseIssue<unknown>, prefix: string): MayflyError {
  const path = [prefix, ...(issue.path ?? []).map((item) => String(item.key))]
    .filter((part) => part !== "")
    .join(".");
  // Of several forms, the one that got further than its first look was meant.
  const meant = issue.type === "union" && issue.issues?.find((one) => (one.path?.length ?? 0) > 0);
  if (meant) return wrong(file, meant, path);
  const key = String(issue.path?.at(-1)?.key ?? "");
  if (issue.expected === "never") {
    return new MayflyError(
      "job-file",
      `cannot read "${file}": ${path} is not a word of this file`,
      didYouMean(key, wordsAt(path)) ?? `known here: ${wordsAt(path).join(", ")}`,
    );
  }
  if (
    issue.input === undefined &&
    issue.kind === "schema" &&
    /^"\w+"$/.test(issue.expected ?? "")
  ) {
    const present = Object.keys(record(issue.path?.at(-1)?.input) ?? {});
    const [near] = nearest(key, present);
    return new MayflyError(
      "job-file",
      `cannot read "${file}": ${path.split(".").slice(0, -1).join(".")} has no ${key}:`,
      near === undefined
        ? "docs/jobs.md shows every word with an example"
        : `"${near}" is not a word of this file; did you mean "${key}"?`,
    );
  }
  const got = JSON.stringify(issue.input) ?? "nothing";
  return new MayflyError(
    "job-file",
    `cannot read "${file}": ${path || "the file"} is ${got.slice(0, 80)}; expected ${
      issue.kind === "validation"
        ? issue.message
        : (EXPECTED[issue.expected ?? ""] ?? issue.expected ?? issue.message)
    }`,
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

/** A schema as valibot keeps it, as far as the words of a file are in it. */
interface Walked {
  entries?: Record<string, Walked>;
  wrapped?: Walked;
  item?: Walked;
  options?: Walked[];
  pipe?: Walked[];
}

/** Which words a schema knows where this path leads. */
function wordsWithin(schema: v.GenericSchema, path: string[]): string[] {
  return [...new Set(within(schema as Walked, path))];
}

function within(schema: Walked | undefined, path: string[]): string[] {
  if (!schema) return [];
  if (schema.wrapped) return within(schema.wrapped, path);
  if (schema.options) return schema.options.flatMap((one) => within(one, path));
  if (schema.item) return within(schema.item, path.slice(1));
  const [first, ...rest] = path;
  if (!schema.entries) return [];
  return first === undefined ? Object.keys(schema.entries) : within(schema.entries[first], rest);
}
