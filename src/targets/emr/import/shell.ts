/**
 * The words of `aws emr create-cluster` in a line or a script of a POSIX shell: quotes, backslashes, lines that go on, comments,
 * and variables that the same text sets by plain assignments before. Nothing is run: `$(…)` and other variables stay as they
 * stand, and are named.
 */
export interface Found {
  words: string[];
  /** Parts that only a shell could fill in. */
  open: string[];
}

interface Word {
  /** Pieces that were not quoted are split at blanks once variables are filled in. */
  pieces: { text: string; split: boolean }[];
}

const COMMAND = ["aws", "emr", "create-cluster"];

export function commandIn(text: string): Found | undefined {
  const variables = new Map<string, string>();
  const open: string[] = [];
  for (const statement of statementsOf(text, variables, open)) {
    const words = statement.flatMap(wordsOf);
    const at = words.findIndex((_, i) => COMMAND.every((one, j) => words[i + j] === one));
    if (at >= 0) return { words: words.slice(at + COMMAND.length), open: [...new Set(open)] };
    open.length = 0;
    for (const word of words) {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
      if (name === undefined) break;
      variables.set(name, value ?? "");
    }
  }
  return undefined;
}

function* statementsOf(text: string, variables: Map<string, string>, open: string[]) {
  let statement: Word[] = [];
  let word: Word | undefined;
  const put = (piece: string, split = false) => {
    word ??= { pieces: [] };
    word.pieces.push({ text: piece, split });
  };
  const endWord = () => {
    if (word) statement.push(word);
    word = undefined;
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? "";
    if (c === "\\") {
      const next = text[++i] ?? "";
      if (next === "\r" && text[i + 1] === "\n") i++;
      else if (next !== "\n") put(next);
    } else if (c === "'") {
      const end = closing(text, "'", i + 1);
      put(text.slice(i + 1, end));
      i = end;
    } else if (c === '"') {
      put("");
      for (i++; i < text.length && text[i] !== '"'; i++) {
        const inner = text[i] ?? "";
        if (inner === "\\" && /["\\$`\n]/.test(text[i + 1] ?? "")) {
          const next = text[++i] ?? "";
          if (next !== "\n") put(next);
        } else if (inner === "$" || inner === "`") i = expand(text, i, variables, open, put, false);
        else put(inner);
      }
    } else if (c === "$" || c === "`") i = expand(text, i, variables, open, put, true);
    else if (c === "#" && word === undefined) {
      while (i + 1 < text.length && text[i + 1] !== "\n") i++;
    } else if (/[;\n&|]/.test(c)) {
      endWord();
      if (statement.length > 0) yield statement;
      statement = [];
    } else if (/\s/.test(c)) endWord();
    else put(c);
  }
  endWord();
  if (statement.length > 0) yield statement;
}

const closing = (text: string, quote: string, from: number) => {
  const end = text.indexOf(quote, from);
  return end < 0 ? text.length : end;
};

/** Puts what a `$` or a backquote stands for; returns where it ends. */
function expand(
  text: string,
  at: number,
  variables: Map<string, string>,
  open: string[],
  put: (text: string, split: boolean) => void,
  split: boolean,
): number {
  const [whole = text[at] ?? "", braced, plain] =
    /^\$(?:\{(\w+)\}|([A-Za-z_]\w*))/.exec(text.slice(at)) ??
    /^(?:\$\([^)]*\)|`[^`]*`)/.exec(text.slice(at)) ??
    [];
  const name = braced ?? plain;
  const value = name === undefined ? undefined : variables.get(name);
  if (value === undefined && whole.length > 1) open.push(whole);
  put(value ?? whole, split && value !== undefined);
  return at + whole.length - 1;
}

/** As a shell splits what an unquoted variable brought. */
function wordsOf({ pieces }: Word): string[] {
  const words = [""];
  for (const { text, split } of pieces) {
    if (!split) {
      words[words.length - 1] += text;
      continue;
    }
    const [first = "", ...rest] = text.split(/\s+/);
    words[words.length - 1] += first;
    words.push(...rest);
  }
  return words.filter((one, i) => one !== "" || !pieces.some(({ split }) => split) || i === 0);
}
