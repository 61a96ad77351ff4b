import type { OutputRecord } from "./run.ts";

/** A result as it can be compared: an output with, when it is small, the values of its rows. */
export interface Result extends OutputRecord {
  values?: Values;
  /** Of all bytes of its files, where the values are not read. */
  digest?: string;
}

export interface Values {
  /** Undefined for lines of text. */
  columns?: string[];
  rows: string[][];
}

/** What is another one in a result than it was the last time. */
export interface Difference {
  name: string;
  uri: string;
  /** Unread: rows and columns are as before, and of the values nobody knows. */
  state: "same" | "changed" | "unread" | "new" | "gone";
  rows: { before?: number; after?: number };
  bytes: { before?: number; after?: number };
  schema: { added: string[]; removed: string[]; retyped: string[] };
  /** Undefined where not both are small enough to have been read. */
  values?: RowChanges;
}

export interface RowChanges {
  removed: number;
  added: number;
  /** The first of them, as text. */
  examples: { sign: "-" | "+"; text: string }[];
}

const MOST_EXAMPLES = 10;

export function compareResults(before: Result[], after: Result[]): Difference[] {
  const differences = after.map((now) =>
    compareResult(
      before.find((one) => one.uri === now.uri),
      now,
    ),
  );
  const gone = before.filter((one) => !after.some((now) => now.uri === one.uri));
  return [...differences, ...gone.map((one) => compareResult(one, { ...one, missing: true }))];
}

function compareResult(before: Result | undefined, after: Result): Difference {
  const { name, uri } = after;
  const old = before?.missing ? undefined : before;
  const now = after.missing ? undefined : after;
  const values = compareValues(old?.values, now?.values);
  const difference: Difference = {
    name,
    uri,
    state: "same",
    rows: {
      ...(old?.rows === undefined ? {} : { before: old.rows }),
      ...(now?.rows === undefined ? {} : { after: now.rows }),
    },
    bytes: {
      ...(old ? { before: old.bytes } : {}),
      ...(now ? { after: now.bytes } : {}),
    },
    schema: compareSchema(old?.schema ?? [], now?.schema ?? []),
    ...(values ? { values } : {}),
  };
  const { schema, rows } = difference;
  if (!old) difference.state = now ? "new" : "same";
  else if (!now) difference.state = "gone";
  else if (
    rows.before !== rows.after ||
    old.format !== now.format ||
    Object.values(schema).some((names) => names.length > 0) ||
    (values
      ? values.added + values.removed > 0
      : old.bytes !== now.bytes || old.digest !== now.digest)
  )
    difference.state = "changed";
  else if (!values && now.digest === undefined) difference.state = "unread";
  return difference;
}

function compareSchema(
  before: NonNullable<OutputRecord["schema"]>,
  after: NonNullable<OutputRecord["schema"]>,
): Difference["schema"] {
  if (before.length === 0 || after.length === 0) return { added: [], removed: [], retyped: [] };
  const types = (columns: typeof before) => new Map(columns.map(({ name, type }) => [name, type]));
  const [olds, news] = [types(before), types(after)];
  return {
    added: after.filter(({ name }) => !olds.has(name)).map((c) => `${c.name} ${c.type}`),
    removed: before.filter(({ name }) => !news.has(name)).map((c) => `${c.name} ${c.type}`),
    retyped: after.flatMap(({ name, type }) => {
      const old = olds.get(name);
      return old === undefined || old === type ? [] : [`${name} ${old} → ${type}`];
    }),
  };
}

/** Rows of a result have no order; those of columns that both have are compared. */
function compareValues(
  before: Values | undefined,
  after: Values | undefined,
): RowChanges | undefined {
  if (!before || !after) return undefined;
  // Without names on one side nobody knows which cell belongs to which.
  if ((before.columns === undefined) !== (after.columns === undefined)) return undefined;
  const names = new Set(after.columns);
  const shared = before.columns?.filter((name) => names.has(name));
  const old = rowTexts(before, shared);
  const now = rowTexts(after, shared);
  const removed = without(old, now);
  const added = without(now, old);
  return changes(signed("-", removed.map(shownRow)), signed("+", added.map(shownRow)));
}

function signed(sign: "-" | "+", texts: string[]): RowChanges["examples"] {
  return texts.map((text) => ({ sign, text }));
}

/** Between cells, where they are compared: nothing that a cell may hold. */
const BETWEEN = "\u0000";
const shownRow = (row: string) => row.replaceAll(BETWEEN, ", ");

function rowTexts({ columns, rows }: Values, shared: string[] | undefined): string[] {
  if (!shared || !columns) return rows.map((row) => row.join(BETWEEN));
  const index = new Map(columns.map((name, place) => [name, place]));
  const places = shared.map((name) => index.get(name) ?? -1);
  return rows.map((row) => places.map((place) => row[place] ?? "").join(BETWEEN));
}

/** The first list without those of the second, each as often as it is there. */
function without(list: string[], others: string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of others) counts.set(text, (counts.get(text) ?? 0) + 1);
  return list.filter((text) => {
    const left = counts.get(text) ?? 0;
    counts.set(text, left - 1);
    return left <= 0;
  });
}

function changes(
  removed: RowChanges["examples"],
  added: RowChanges["examples"],
  inOrder: RowChanges["examples"] = [...removed, ...added],
): RowChanges {
  // Of both some, when there are too many to show.
  const few =
    inOrder.length <= MOST_EXAMPLES
      ? inOrder
      : [
          ...removed.slice(0, MOST_EXAMPLES - Math.min(added.length, MOST_EXAMPLES / 2)),
          ...added.slice(0, MOST_EXAMPLES - Math.min(removed.length, MOST_EXAMPLES / 2)),
        ];
  return { removed: removed.length, added: added.length, examples: few };
}

/** Beyond this many lines in the middle their order is not looked at. */
const MOST_LINES = 2000;

/** What a program has printed has an order: the fewest lines to take out and to put in. */
export function compareLines(before: string[], after: string[]): RowChanges {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < Math.min(before.length, after.length) - start &&
    before.at(-1 - end) === after.at(-1 - end)
  )
    end++;
  const old = before.slice(start, before.length - end);
  const now = after.slice(start, after.length - end);
  // Of very many lines those that came or went, wherever they stand.
  const edits =
    Math.max(old.length, now.length) > MOST_LINES
      ? [...signed("-", without(old, now)), ...signed("+", without(now, old))]
      : fewestEdits(old, now);
  const of = (sign: "-" | "+") => edits.filter((edit) => edit.sign === sign);
  return changes(of("-"), of("+"), edits);
}

/** By the longest lines that both have in common. */
function fewestEdits(old: string[], now: string[]): RowChanges["examples"] {
  const width = now.length + 1;
  const common = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] as number;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      common[i * width + j] =
        old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const edits: RowChanges["examples"] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      i++;
      j++;
    } else if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      edits.push({ sign: "-", text: old[i++] as string });
    } else edits.push({ sign: "+", text: now[j++] as string });
  }
  return edits;
}
