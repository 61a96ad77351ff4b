/** A piece of SQL; what is between pieces is space and comments. */
export interface Token {
  kind: "word" | "quoted" | "text" | "number" | "parameter" | "symbol";
  /** What it stands for: a text without its quotes. */
  value: string;
  at: number;
  end: number;
}

/** What DuckDB takes for space; of anything else beyond ASCII it makes words, whatever that is. */
const SPACES = "\\t\\n\\f\\r \\u00a0\\u2000-\\u200b\\u202f\\u205f\\u2060\\u3000\\ufeff";
const LETTER = `(?:[A-Za-z_]|(?![${SPACES}])[\\u0080-\\u{10ffff}])`;
const SPACE = new RegExp(`(?:[${SPACES}]|--[^\\n\\r]*)+`, "y");
const WORD = new RegExp(`${LETTER}(?:${LETTER}|[\\d$])*`, "uy");
const NUMBER = /(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d+)?/iy;
const DOLLAR = /\$(?:[A-Za-z_\u0080-\u{10ffff}][\w\u0080-\u{10ffff}]*)?\$/uy;
const PARAMETER = new RegExp(`\\$(?:${LETTER}|\\d)+`, "uy");
/** A text goes on in the next line. */
const CONTINUED = /(?:[ \t\f]|--[^\n\r]*)*[\n\r](?:[ \t\f\n\r]|--[^\n\r]*[\n\r])*(?=')/y;

/**
 * As DuckDB reads it: nested comments, doubled quotes, E'…' with backslashes, texts over several lines, $tag$…$tag$. What is
 * never closed goes to the end.
 */
export function lex(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0];
  };
  const add = (kind: Token["kind"], value: string, end: number) => {
    tokens.push({ kind, value, at, end });
    at = end;
  };
  while (at < sql.length) {
    const space = match(SPACE);
    if (space) at += space.length;
    else if (sql.startsWith("/*", at)) at = endOfComment(sql, at);
    else if (sql[at] === '"' || sql[at] === "`") {
      const { value, end } = untilQuote(sql, at, false);
      add("quoted", value, end);
    } else if (/^[eE]?'/.test(sql.slice(at, at + 2))) {
      const { value, end } = wholeText(sql, at);
      add("text", value, end);
    } else if (sql[at] === "$") {
      const tag = match(DOLLAR);
      if (tag) {
        const close = sql.indexOf(tag, at + tag.length);
        const inside = sql.slice(at + tag.length, close < 0 ? sql.length : close);
        add("text", inside, close < 0 ? sql.length : close + tag.length);
      } else {
        const name = match(PARAMETER) ?? "$";
        add(name === "$" ? "symbol" : "parameter", name.slice(1), at + name.length);
      }
    } else {
      const word = match(WORD);
      const number = word ? undefined : match(NUMBER);
      if (word) add("word", word, at + word.length);
      else if (number) add("number", number, at + number.length);
      else add("symbol", sql[at] as string, at + 1);
    }
  }
  return tokens;
}

function endOfComment(sql: string, at: number): number {
  let depth = 0;
  const marks = /\/\*|\*\//g;
  marks.lastIndex = at;
  for (let mark = marks.exec(sql); mark; mark = marks.exec(sql)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return sql.length;
}

/** Pieces in lines one after another are one text, and all of it has backslashes or none has. */
function wholeText(sql: string, at: number): { value: string; end: number } {
  const escapes = sql[at] !== "'";
  let { value, end } = untilQuote(sql, escapes ? at + 1 : at, escapes);
  for (;;) {
    CONTINUED.lastIndex = end;
    if (!CONTINUED.test(sql)) return { value, end };
    const more = untilQuote(sql, CONTINUED.lastIndex, escapes);
    value += more.value;
    end = more.end;
  }
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

function untilQuote(sql: string, at: number, escapes: boolean): { value: string; end: number } {
  const quote = sql[at] as string;
  let value = "";
  for (let i = at + 1; i < sql.length; i++) {
    const c = sql[i] as string;
    if (escapes && c === "\\") {
      const next = sql[++i] ?? "";
      value += ESCAPES[next] ?? next;
    } else if (c !== quote) value += c;
    else if (sql[i + 1] === quote) {
      value += quote;
      i++;
    } else return { value, end: i + 1 };
  }
  return { value, end: sql.length };
}

/** The text without what ends a statement: `;` and comments behind it. */
export function withoutEnd(sql: string): string {
  const tokens = lex(sql);
  while (isSymbol(tokens.at(-1), ";")) tokens.pop();
  return sql.slice(0, tokens.at(-1)?.end ?? 0);
}

export function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === "symbol" && token.value === symbol;
}

/** Statements one after another, as a file or a prompt has them; `rest` is what no `;` has ended yet. */
export function splitStatements(sql: string): { statements: string[]; rest: string } {
  const statements: string[] = [];
  let from = 0;
  for (const token of lex(sql)) {
    if (!isSymbol(token, ";")) continue;
    const one = sql.slice(from, token.at).trim();
    if (lex(one).length > 0) statements.push(one);
    from = token.end;
  }
  return { statements, rest: sql.slice(from) };
}

/** There is something of a statement in it, or a comment that goes on. */
export function isBegun(sql: string): boolean {
  // Behind a comment that is closed, one more word is a word.
  return lex(sql).length > 0 || lex(`${sql}\nx`).length === 0;
}

/** The same in one line, without comments; nothing where a text of it has several. */
export function inOneLine(sql: string): string | undefined {
  let line = "";
  let end = 0;
  for (const token of lex(sql)) {
    const text = sql.slice(token.at, token.end);
    if (text.includes("\n")) return undefined;
    line += `${token.at > end && line !== "" ? " " : ""}${text}`;
    end = token.end;
  }
  return line;
}
