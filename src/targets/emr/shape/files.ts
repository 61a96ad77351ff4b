import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { configurations } from "../../../model/file/emr-entry.ts";
import type { Configuration, EmrSettings } from "./settings.ts";
import { Wrong } from "./wrong.ts";

/** The configurations of a target, from their file where it names one; files are found from mayfly.yaml's folder. */
export function readConfigurations(settings: EmrSettings, folder: string): Configuration[] {
  const { configurations: told, target } = settings;
  if (typeof told !== "string") return told;
  const file = resolve(folder, told);
  const no = (what: string) =>
    new Wrong(
      target,
      `configurations: "${told}" ${what}`,
      'it is JSON as `aws emr create-cluster --configurations` takes it: [{ "Classification": "spark-defaults", "Properties": {} }]',
    );
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw no("does not exist");
  if (found.isDirectory()) throw no("is a folder");
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw no(`is not JSON: ${(error as Error).message}`);
  }
  const result = v.safeParse(configurations, content);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = (issue.path ?? []).map(({ key }) => String(key)).join(".");
  throw no(
    `has ${issue.received} at "${path}", where ${issue.expected ?? issue.message} is expected`,
  );
}

/** Bootstrap actions of this machine: each has to be a file that is there. */
export function localScripts({ bootstrap, target }: EmrSettings, folder: string): string[] {
  const local = bootstrap
    .map(({ path }) => path)
    .filter((path) => !/^(?:s3[an]?|https?):\/\//.test(path));
  for (const path of local) {
    const found = statSync(resolve(folder, path), { throwIfNoEntry: false });
    if (!found || found.isDirectory())
      throw new Wrong(
        target,
        `the bootstrap action "${path}" ${found ? "is a folder" : "does not exist"}`,
        "it is a file beside mayfly.yaml, or s3://BUCKET/KEY",
      );
  }
  return [...new Set(local)];
}
