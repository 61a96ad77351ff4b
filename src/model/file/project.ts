import * as v from "valibot";
import { emrEntry } from "./emr-entry.ts";

/** The words of `mayfly.yaml`. The JSON Schema that is published with the package is made from this. */

const text = v.pipe(v.string(), v.minLength(1, "a text that is not empty"));
/** YAML reads 5 and true as they look; as an argument or a setting they are the text they were. */
const scalar = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.toString());
const words = v.array(scalar);
const settings = v.record(text, scalar);

const common = {
  name: v.optional(text),
  args: v.optional(words),
  on_failure: v.optional(v.picklist(["stop", "continue"])),
};
const options = {
  conf: v.optional(settings),
  packages: v.optional(v.array(text)),
  jars: v.optional(v.array(text)),
  py_files: v.optional(v.array(text)),
  files: v.optional(v.array(text)),
};

export const STEP_FORMS = {
  script: v.strictObject({ script: text, submit: v.optional(words), ...options, ...common }),
  sql: v.strictObject({ sql: text, submit: v.optional(words), ...options, ...common }),
  jar: v.strictObject({
    jar: text,
    class: v.optional(text),
    submit: v.optional(words),
    ...options,
    ...common,
  }),
  python: v.strictObject({ python: text, ...common }),
  command: v.strictObject({
    command: v.pipe(words, v.minLength(1, "a program and its arguments")),
    name: common.name,
    on_failure: common.on_failure,
  }),
  copy: v.strictObject({
    copy: v.strictObject({ from: text, to: text }),
    name: common.name,
    on_failure: common.on_failure,
  }),
};

const step = v.union(Object.values(STEP_FORMS));

export const jobSchema = v.strictObject({
  description: v.optional(v.string()),
  steps: v.pipe(v.array(step), v.minLength(1, "at least one step")),
  release: v.optional(text),
  spark: v.optional(v.union([text, v.number()])),
  python: v.optional(
    v.union([
      v.strictObject({ requirements: text }),
      v.strictObject({ pyproject: text }),
      v.strictObject({ lock: text }),
    ]),
  ),
  inputs: v.optional(v.record(text, text)),
  outputs: v.optional(v.record(text, text)),
  env: v.optional(settings),
  small: v.optional(
    v.strictObject({
      args: v.record(v.pipe(v.string(), v.regex(/^\d+$/, "the number of a step")), words),
    }),
  ),
  /** The file of its dashboard. */
  dashboard: v.optional(text),
  ...options,
});

const target = v.variant("kind", [v.strictObject({ kind: v.literal("local") }), emrEntry]);

export const projectSchema = v.strictObject({
  jobs: v.optional(v.record(text, jobSchema)),
  targets: v.optional(v.record(text, target)),
  mounts: v.optional(
    v.record(
      v.pipe(v.string(), v.regex(/^s3[an]?:\/\/[^/]+\/?$/, "names of the form s3://BUCKET")),
      text,
    ),
  ),
});

export type ProjectFile = v.InferOutput<typeof projectSchema>;
export type TargetEntry = v.InferOutput<typeof target>;
export type JobEntry = v.InferOutput<typeof jobSchema>;
export type StepEntry = JobEntry["steps"][number];
