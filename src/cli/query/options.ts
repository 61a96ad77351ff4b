import { MayflyError } from "../../base/errors.ts";
import { didYouMean } from "../../base/nearest.ts";
import type { FileFormat } from "../../engine/query/open.ts";
import type { Json } from "../../model/json.ts";
import type { Input } from "../command.ts";
import type { Shape } from "./result.ts";

/** How a result is wanted, and what with. */
export function readAsked(input: Input) {
  const out = readOut(input);
  const shape = readShape(input, out?.format);
  const limit = readNumber(input, "limit", "rows");
  if (out && limit !== undefined)
    throw new MayflyError(
      "usage",
      `cannot keep --limit ${limit} with --out: a file has all rows`,
      `write limit ${limit} into the query`,
    );
  const seconds = readNumber(input, "timeout", "seconds");
  const asking = {
    values: readValues(input),
    ...(seconds === undefined ? {} : { timeoutMs: seconds * 1000 }),
    ...(limit === undefined ? {} : { most: limit }),
  };
  return { out, shape, asking };
}

const FORMATS = ["table", "csv", "json", "parquet"];

function readOut(input: Input): { place: string; format: FileFormat } | undefined {
  const out = input.value("out");
  if (out === undefined) return undefined;
  const said = input.value("format") ?? /\.(csv|json|parquet)$/.exec(out)?.[1];
  if (said === "csv" || said === "json" || said === "parquet") return { place: out, format: said };
  throw new MayflyError(
    "usage",
    `cannot write "${out}": ${said === undefined ? "its name says no format" : `a file is no ${said}`}`,
    "say --format csv, json or parquet",
  );
}

function readShape(input: Input, file: FileFormat | undefined): Shape {
  const format = input.value("format");
  if (input.flags.has("json")) return "document";
  if (format === undefined || file) return "table";
  if (format === "table" || format === "csv" || format === "json") return format;
  throw new MayflyError(
    "usage",
    `cannot show the result as "${format}"`,
    format === "parquet"
      ? "Parquet goes into a file: --out FILE.parquet"
      : (didYouMean(format, FORMATS) ?? `one of ${FORMATS.join(", ")}`),
  );
}

function readNumber(input: Input, name: string, what: string): number | undefined {
  const text = input.value(name);
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new MayflyError(
    "usage",
    `cannot read --${name} "${text}": it is no number of ${what}`,
    `for example --${name} 100`,
  );
}

/** A number or a truth value where it reads like one, text otherwise. */
function readValues(input: Input): Record<string, Json> {
  const values: Record<string, Json> = {};
  for (const text of input.values("value")) {
    const [, name, value = ""] = /^\$?(\w+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined)
      throw new MayflyError("usage", `cannot read --value "${text}"`, "write --value NAME=VALUE");
    values[name] = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$|^(?:true|false|null)$/.test(value)
      ? (JSON.parse(value) as Json)
      : value;
  }
  return values;
}
