import { isSymbol, lex, type Token } from "./lex.ts";

/** A file or folder that a text names: as a table, or as what a function reads. */
export interface Place {
  kind: "table" | "argument";
  value: string;
  at: number;
  end: number;
  /** It stands in a list: `['a', 'b']`. */
  listed: boolean;
}

/** A table by its name: `name` or `schema.name`. */
export interface Mention {
  parts: string[];
  at: number;
  end: number;
}

const READERS =
  /^(?:read_(?:parquet|csv|csv_auto|json|json_auto|json_objects|json_objects_auto|ndjson|ndjson_auto|ndjson_objects|text|blob)|parquet_(?:scan|metadata|schema|file_metadata|kv_metadata)|sniff_csv)$/;
/** After these a table follows. */
const OPENS = new Set([
  "from",
  "join",
  "summarize",
  "describe",
  "desc",
  "pivot",
  "unpivot",
  "table",
]);
/** With these the list of tables is over. */
const CLOSES = new Set([
  ...["select", "where", "group", "order", "having", "limit", "offset", "union", "intersect"],
  ...["except", "qualify", "window", "values", "with", "set"],
]);
/** Between these and the table stands nothing that matters. */
const PASSED = new Set(["lateral", "only"]);

interface Level {
  /** The function whose arguments these are. */
  call: string | undefined;
  /** Which of them; a list within belongs to it. */
  argument: number;
  list: boolean;
  /** `trim(both from 'x')` reads no table. */
  query: boolean;
  tables: boolean;
  awaited: boolean;
}

/** Files and tables that a text speaks of, each where it stands. A text in any other place is only text. */
export function mentionsIn(sql: string): {
  places: Place[];
  mentions: Mention[];
  words: Set<string>;
} {
  const tokens = lex(sql);
  const places: Place[] = [];
  const mentions: Mention[] = [];
  const top = level({ query: true });
  const levels: Level[] = [top];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    const here = levels.at(-1) as Level;
    if (token.kind === "symbol") {
      if (token.value === "(") levels.push(opened(tokens, i, here));
      else if (token.value === "[")
        levels.push(level({ call: here.call, argument: here.argument, list: true }));
      else if (")]".includes(token.value)) {
        if (levels.length > 1) levels.pop();
      } else if (token.value === ";") levels.splice(0, levels.length, level({ query: true }));
      else if (token.value === ",") {
        if (!here.list) here.argument++;
        here.awaited = here.tables;
      }
      continue;
    }
    const word = token.kind === "word" ? token.value.toLowerCase() : undefined;
    if (token.kind === "text") {
      const { value, at, end } = token;
      if (here.awaited) places.push({ kind: "table", value, at, end, listed: false });
      else if (here.call && READERS.test(here.call) && here.argument === 0)
        places.push({ kind: "argument", value, at, end, listed: here.list });
      here.awaited = false;
    } else if (word && CLOSES.has(word)) {
      if (word === "select" || word === "with" || word === "values") here.query = true;
      here.tables = here.awaited = false;
    } else if (word && OPENS.has(word) && opensHere(tokens, i, here)) {
      here.query = here.tables = here.awaited = true;
    } else if (here.awaited && !(word && PASSED.has(word))) {
      here.awaited = false;
      if (token.kind !== "word" && token.kind !== "quoted") continue;
      const parts = [token.value];
      let last = i;
      while (isSymbol(tokens[last + 1], ".") && isName(tokens[last + 2])) {
        last += 2;
        parts.push((tokens[last] as Token).value);
      }
      if (!isSymbol(tokens[last + 1], "("))
        mentions.push({ parts, at: token.at, end: (tokens[last] as Token).end });
      if (last > i) i = last;
    }
  }
  const words = tokens.filter(({ kind }) => kind === "word" || kind === "quoted");
  return { places, mentions, words: new Set(words.map(({ value }) => value.toLowerCase())) };
}

const level = (some: Partial<Level>): Level => ({
  ...{ call: undefined, argument: 0, list: false, query: false, tables: false, awaited: false },
  ...some,
});

function isName(token: Token | undefined): boolean {
  return token?.kind === "word" || token?.kind === "quoted";
}

/** `x in (…)`, `from (…)` and `as (…)` call nothing. */
const NO_CALL =
  /^(?:in|from|join|as|exists|any|all|some|not|and|or|on|using|when|then|else|select|by|where|having|over|filter|values|materialized)$/;

function opened(tokens: Token[], i: number, outer: Level): Level {
  const before = tokens[i - 1];
  const calls = isName(before) && !NO_CALL.test(before?.value.toLowerCase() ?? "");
  if (calls && !outer.awaited) return level({ call: before?.value.toLowerCase() });
  const { awaited } = outer;
  outer.awaited = false;
  return level({ query: true, tables: awaited, awaited });
}

/** `is distinct from`, `extract(year from …)`, a column called table. */
function opensHere(tokens: Token[], i: number, here: Level): boolean {
  const word = (tokens[i] as Token).value.toLowerCase();
  const before = tokens[i - 1]?.value.toLowerCase();
  if (isSymbol(tokens[i - 1], ".") || isSymbol(tokens[i + 1], ".")) return false;
  if (word === "from")
    return (
      !(before === "distinct" && /^(?:is|not)$/i.test(tokens[i - 2]?.value ?? "")) &&
      (here.query || here.call === undefined || isSymbol(tokens[i - 1], "("))
    );
  if (word === "join") return here.tables;
  // Words that begin a statement, and otherwise are names.
  return (
    i === 0 ||
    isSymbol(tokens[i - 1], "(") ||
    before === "explain" ||
    before === "analyze" ||
    before === ";"
  );
}

/** A text with some of its pieces in other words, and where each place of the new one was in the old. */
export function replaceIn(sql: string, changes: { at: number; end: number; by: string }[]) {
  let text = "";
  let from = 0;
  const pieces: { at: number; was: number }[] = [{ at: 0, was: 0 }];
  for (const { at, end, by } of [...changes].sort((a, b) => a.at - b.at)) {
    text += sql.slice(from, at);
    pieces.push({ at: text.length, was: at });
    text += by;
    pieces.push({ at: text.length, was: end });
    from = end;
  }
  text += sql.slice(from);
  const before = (place: number): number => {
    const i = pieces.findLastIndex((one) => one.at <= place);
    const { at, was } = pieces[i] as { at: number; was: number };
    const next = pieces[i + 1]?.was ?? sql.length;
    return Math.min(was + (place - at), next);
  };
  return { text, before };
}
