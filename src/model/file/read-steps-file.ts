import { join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { type Job, noOptions, type SparkStep } from "../job.ts";

/** The bucket that stands for the one the CDK stack makes for code, data and outputs. */
export const STEPS_BUCKET = "emr-steps";

interface StepsFileEntry {
  name: string;
  code_filename: string;
  data_source_folder?: string;
}

/**
 * `emr_steps_configuration.json` of the CDK tutorial: code lies in `code/` or beside the file, each
 * step's data folder in `data/`, and each step gets the two arguments which that stack gives it.
 */
export function readStepsFile(
  text: string,
  file: string,
  folder: string,
  exists: (path: string) => boolean,
): {
  job: Job;
  data: { folder: string; uri: string }[];
} {
  const entries = parse(text, file);
  const data: { folder: string; uri: string }[] = [];
  const steps = entries.map((entry): SparkStep => {
    const code = [join("code", entry.code_filename), entry.code_filename];
    const main = code.find((path) => exists(join(folder, path)));
    if (!main) {
      throw new MayflyError(
        "not-found",
        `cannot run step "${entry.name}" of "${file}": no file ${code.map((c) => `"${c}"`).join(" or ")}`,
        "put the code into the folder code/ beside the file, or correct code_filename",
      );
    }
    const args = ["--output_uri", `s3://${STEPS_BUCKET}/outputs/${entry.name}/`];
    if (entry.data_source_folder) {
      const local = join("data", entry.data_source_folder);
      if (!exists(join(folder, local))) {
        throw new MayflyError(
          "not-found",
          `cannot run step "${entry.name}" of "${file}": its data folder "${local}" does not exist`,
          "make the folder, or correct data_source_folder",
        );
      }
      const uri = `s3://${STEPS_BUCKET}/data/${entry.data_source_folder}/`;
      data.push({ folder: join(folder, local), uri });
      args.unshift("--data_source_folder", uri);
    }
    return {
      kind: "pyspark",
      name: entry.name,
      main,
      args,
      onFailure: "stop",
      options: noOptions(),
    };
  });
  const outputs = Object.fromEntries(
    entries.map((entry) => [entry.name, `s3://${STEPS_BUCKET}/outputs/${entry.name}/`]),
  );
  return {
    job: { name: "steps", folder, steps, inputs: {}, outputs, options: noOptions(), env: {} },
    data,
  };
}

function parse(text: string, file: string): StepsFileEntry[] {
  const bad = (what: string) =>
    new MayflyError(
      "job-file",
      `cannot read "${file}": ${what}`,
      'write { "steps": [ { "name": "step1", "code_filename": "step1.py", "data_source_folder": "step1" } ] }',
    );
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw bad((error as Error).message);
  }
  const steps = Array.isArray(content) ? content : (content as { steps?: unknown })?.steps;
  if (!Array.isArray(steps) || steps.length === 0)
    throw bad('"steps" is not a list with at least one step');
  const names = new Set<string>();
  steps.forEach((step, i) => {
    const { name, code_filename, data_source_folder, ...rest } = (step ?? {}) as Record<
      string,
      unknown
    >;
    if (typeof name !== "string" || name === "") throw bad(`steps.${i}.name is missing`);
    if (names.has(name)) throw bad(`two steps are named "${name}"`);
    names.add(name);
    if (typeof code_filename !== "string" || code_filename === "")
      throw bad(`steps.${i}.code_filename is missing`);
    if (data_source_folder !== undefined && typeof data_source_folder !== "string") {
      throw bad(`steps.${i}.data_source_folder is not text`);
    }
    const unknown = Object.keys(rest)[0];
    if (unknown) throw bad(`steps.${i}.${unknown} is not known`);
  });
  return steps as StepsFileEntry[];
}
