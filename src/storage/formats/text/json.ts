import type { FieldLook, Look, Problem } from "../types.ts";
import { typeOfInteger } from "./infer.ts";
import { mergeTrees, printTree, type Tree } from "./tree.ts";

const ROWS = 1000;
/** Spark's reader gives up far deeper; nobody means these. */
const DEEPEST = 100;

/** What the beginning of a JSON file tells; undefined where it is none. `whole` says that nothing follows. */
export function lookAtJson(text: string, whole: boolean): Omit<Look, "format"> | undefined {
  const trimmed = text.trimStart();
  if (!/^[[{]/.test(trimmed)) return undefined;
  const lines = trimmed.split("\n").filter((line) => line.trim() !== "");
  if (!whole && !text.endsWith("\n") && lines.length > 1) lines.pop();
  const first = parse(lines[0] ?? "");
  if (first === undefined || Array.isArray(first)) return lookAtDocument(trimmed, whole, first);
  const fields: Fields = new Map();
  let rows = 0;
  const problems: Problem[] = [];
  for (const line of lines.slice(0, ROWS)) {
    const value = parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      addFields(fields, value as object);
      rows++;
    } else if (problems.length === 0) {
      const shown = line.length > 40 ? `${line.slice(0, 40)}…` : line;
      problems.push({ kind: "damaged", text: `a line is no JSON object: ${shown}` });
    }
  }
  return { columns: columnsOf(fields, rows), problems };
}

/** One document over many lines, or an array of rows. */
function lookAtDocument(
  text: string,
  whole: boolean,
  first: unknown,
): Omit<Look, "format"> | undefined {
  const document = first ?? parse(text);
  const fields: Fields = new Map();
  if (document === undefined) {
    // Only its beginning has been read, and that does not end where a value does.
    if (whole && !parsesSomewhere(text)) return undefined;
    const rows = firstValues(text);
    for (const row of rows) addFields(fields, row);
    return { columns: columnsOf(fields, rows.length), multiLine: true, problems: [] };
  }
  const rows = (Array.isArray(document) ? document : [document]).filter(
    (row): row is object => typeof row === "object" && row !== null && !Array.isArray(row),
  );
  for (const row of rows.slice(0, ROWS)) addFields(fields, row);
  const oneLine = first !== undefined && text.trimEnd() !== "" && !text.trimEnd().includes("\n");
  const columns = columnsOf(fields, Math.min(ROWS, rows.length));
  return { columns, problems: [], ...(oneLine ? {} : { multiLine: true }) };
}

const parsesSomewhere = (text: string) => firstValues(text).length > 0;

/** Objects that are whole within a text that is not: those of an array, or one after another. */
function firstValues(text: string): object[] {
  const found: object[] = [];
  const base = text.startsWith("[") ? 1 : 0;
  let [depth, start, quoted] = [0, -1, false];
  for (let at = 0; at < text.length && found.length < ROWS; at++) {
    const letter = text[at];
    if (quoted) {
      if (letter === "\\") at++;
      else if (letter === '"') quoted = false;
      continue;
    }
    if (letter === '"') quoted = true;
    else if (letter === "{" || letter === "[") {
      if (depth === base && letter === "{") start = at;
      depth++;
    } else if (letter === "}" || letter === "]") {
      depth--;
      if (depth !== base || start < 0) continue;
      const value = parse(text.slice(start, at + 1));
      if (typeof value === "object" && value !== null) found.push(value as object);
      start = -1;
    }
  }
  return found;
}

/** How a number is written says what Spark takes it for: 1.0 is no integer. */
class Num {
  readonly type: string;
  constructor(source: string) {
    const type = /^-?\d+$/.test(source) ? typeOfInteger(source) : "double";
    this.type = type === "int" ? "bigint" : type;
  }
}

const WRITTEN = /\d\.0+(?!\d)|\d[eE]|\d{16}/;

function parse(text: string): unknown {
  try {
    // Where no number is written in a way that its value does not show, parsing is several times faster.
    return WRITTEN.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function exactly(_: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" ? new Num(context?.source ?? String(value)) : value;
}

type Fields = Map<string, { type: Tree; times: number }>;

function addFields(fields: Fields, row: object): void {
  for (const [name, value] of Object.entries(row)) {
    const known = fields.get(name);
    const type = typeOf(value, 0);
    if (known) {
      known.times++;
      known.type = mergeTrees(known.type, type);
    } else fields.set(name, { type, times: 1 });
  }
}

function columnsOf(fields: Fields, rows: number): FieldLook[] {
  return [...fields]
    .map(([name, { type, times }]) => ({
      name,
      type: printTree(type),
      ...(times < rows ? { optional: true as const } : {}),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function typeOf(value: unknown, depth: number): Tree {
  if (value === null) return "void";
  if (value instanceof Num) return value.type;
  if (typeof value === "number") return Number.isInteger(value) ? "bigint" : "double";
  if (depth > DEEPEST) return "string";
  if (Array.isArray(value)) {
    const types = value.slice(0, ROWS).map((one) => typeOf(one, depth + 1));
    return { array: types.reduce(mergeTrees, "void") };
  }
  if (typeof value === "object") {
    const fields = Object.entries(value).map(
      ([name, one]) => [name, typeOf(one, depth + 1)] as const,
    );
    return { fields: new Map(fields) };
  }
  return typeof value === "boolean" ? "boolean" : "string";
}
