import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { MayflyError } from "../../../base/errors.ts";
import { writeAtomic } from "../../../base/files.ts";
import { formatCount, plural, printable } from "../../../base/format.ts";
import type { Checked, Odd } from "../check/check.ts";
import type { Group } from "../check/group.ts";
import { allBelow } from "../check/layout.ts";
import { fold } from "./fold.ts";
import { pathsOf } from "./paths.ts";
import { type Field, schemaFor, targetFields } from "./schema.ts";

export interface Recipe {
  program: string;
  /** What reads, without what is around it. */
  body: string[];
}

/** A Python program that reads the files right: each group with its own schema and options, then all together. */
export function makeRecipe(checked: Checked): Recipe {
  const { uri, found, looked } = checked;
  const groups = tablesOf(checked);
  if (groups.length === 0) {
    throw new MayflyError(
      "refused",
      `cannot write how to read "${uri}": no file there could be read`,
      "mayfly data check says what is wrong with each",
    );
  }
  const simple =
    groups.length === 1 && checked.unread.length === 0 && checked.odd.every(onlyColumns);
  if (!simple && looked.length < found.files.length) {
    throw new MayflyError(
      "refused",
      `cannot write how to read "${uri}": only ${formatCount(looked.length)} of its ${formatCount(found.files.length)} files were looked at`,
      `look at all: --files ${found.files.length}`,
    );
  }
  const target = targetFields(groups);
  const names = groups.map((_, i) => `part${i + 1}`);
  const whole = simple && !allBelow(looked) && !uri.includes("\\");
  const reads = groups.map((group, i) => {
    const paths = whole ? [uri] : pathsOf(group, checked);
    return readOf(group, names[i] ?? "", paths, target, checked);
  });
  const [first = "", ...rest] = names;
  const union = rest.map((name) => `.unionByName(${name}, allowMissingColumns=True)`).join("");
  const body = [...reads, `return ${first}${union}`].join("\n").split("\n");
  const imports = body.some((line) => line.includes("functions.")) ? ", functions" : "";
  const program = `"""Reads ${docText(uri)}.

Written by: mayfly data check --fix. ${leftOut(checked, groups)}"""

from pyspark.sql import DataFrame, SparkSession${imports}


def read(spark: SparkSession) -> DataFrame:
${body.map((line) => `    ${line}`).join("\n")}


if __name__ == "__main__":
    frame = read(SparkSession.builder.getOrCreate())
    frame.printSchema()
    frame.show()
`;
  return { program, body };
}

/** Lines of text have no columns that could be put beside others. */
function tablesOf({ groups }: Checked): Group[] {
  const lines = groups[0]?.format === "text";
  return fold(groups.filter((group) => lines === (group.format === "text")));
}

/** What one read with all columns reads right where it lies. */
function onlyColumns({ problems }: Odd): boolean {
  return problems.every(({ kind }) => kind === "missing" || kind === "extra" || kind === "type");
}

/** Writes it beside the person; nothing of theirs is overwritten unless they say so. */
export function writeRecipe(
  checked: Checked,
  options: { cwd: string; file?: string | undefined; force: boolean },
): string {
  const name = options.file ?? `read_${wordOf(checked.uri)}.py`;
  const path = resolve(options.cwd, name);
  if (existsSync(path) && !options.force) {
    throw new MayflyError(
      "refused",
      `cannot write "${name}": it is there already`,
      "--force overwrites it, --out FILE names another",
    );
  }
  writeAtomic(path, makeRecipe(checked).program);
  return name;
}

function wordOf(uri: string): string {
  const name = basename(uri.replace(/[*?[{].*/, "").replace(/\/+$/, ""))
    .replace(/\.\w+$/, "")
    .replace(/\W+/g, "_")
    .replace(/^_+|_+$/g, "");
  return name === "" ? "data" : name.slice(0, 60);
}

function readOf(
  group: Group,
  name: string,
  paths: string[],
  target: readonly Field[],
  checked: Checked,
): string {
  const { schema, casts } = schemaFor(group, target);
  const options = optionsOf(group, checked);
  const listed =
    paths.length === 1
      ? python(paths[0] ?? "")
      : `[\n${paths.map((path) => `        ${python(path)},\n`).join("")}    ]`;
  const lines = [
    "spark.read",
    ...(group.format === "text" ? [] : [`.schema(${python(schema)})`]),
    ...options.map(([key, value]) => `.option(${python(key)}, ${value})`),
    ...(group.format === "avro"
      ? [`.format("avro").load(${listed})`]
      : [`.${group.format}(${listed})`]),
    ...casts.map(({ name, type }) => `.withColumn(${python(name)}, ${castOf(name, type)})`),
  ];
  return `# ${plural(group.files.length, "file")}
${name} = (
    ${lines.join("\n    ")}
)`;
}

const castOf = (name: string, type: string) =>
  `functions.col(${python(`\`${name.replaceAll("`", "``")}\``)}).cast(${python(type)})`;

function optionsOf(group: Group, { found, odd }: Checked): [string, string][] {
  const options: [string, string][] = [];
  const text = group.format === "csv" || group.format === "json";
  if (group.format === "csv") {
    options.push(["header", group.header ? "True" : "False"]);
    if (group.delimiter && group.delimiter !== ",") options.push(["sep", python(group.delimiter)]);
  }
  const wide = group.encoding?.startsWith("UTF-16") === true;
  if (text && group.encoding && group.encoding !== "UTF-8")
    options.push(["encoding", python(group.encoding)]);
  if (text && (group.multiLine || wide)) options.push(["multiLine", "True"]);
  // The types come from a sample: what does not fit them must not become null in silence.
  const files = new Set(group.files.map((file) => file.uri));
  const ragged = odd.some(
    ({ file, problems }) => files.has(file.uri) && problems.some((p) => p.kind === "ragged"),
  );
  if (text && !ragged) options.push(["mode", python("FAILFAST")]);
  if (group.partitions.length > 0)
    options.push(["basePath", python(group.files[0]?.store.uri(found.base) ?? "")]);
  return options;
}

function leftOut({ odd, unread }: Checked, groups: readonly Group[]): string {
  const inGroup = new Set(groups.flatMap((group) => group.files.map((file) => file.uri)));
  const names = [...odd, ...unread].map(({ file }) => file.uri).filter((uri) => !inGroup.has(uri));
  if (names.length === 0) return "";
  const shown = names.slice(0, 20).map((name) => `\n  ${docText(name)}`);
  const more = names.length > 20 ? `\n  and ${formatCount(names.length - 20)} more` : "";
  return `Left out, because they cannot be read as data:${shown.join("")}${more}\n`;
}

const docText = (text: string) => printable(text).replaceAll("\\", "\\\\").replaceAll('"', "'");

/** JSON's strings are Python's, too. */
const python = (text: string) => JSON.stringify(text);
