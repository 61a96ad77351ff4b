import { MayflyError } from "../../../base/errors.ts";

export type Value = string | number | boolean | Value[] | { [name: string]: Value };

/**
 * aws-cli's shorthand (awscli/shorthand.py, ShorthandParser): `Key=value,Key=[a,b],Key={Inner=value}`, values in quotes, a list
 * without brackets as `Key=a,b`, and `\,` for a comma.
 */
export function readShorthand(text: string): Record<string, Value> {
  let at = 0;
  const fail = (expected: string): never => {
    throw new MayflyError(
      "usage",
      `cannot read "${text.length > 80 ? `${text.slice(0, 77)}…` : text}": expected ${expected} at character ${at + 1}`,
      "it is the shorthand of aws-cli: Key=value,Key=value; JSON is read as well",
    );
  };
  const blanks = () => {
    while (/\s/.test(text[at] ?? "")) at++;
  };
  const take = (char: string) => {
    blanks();
    if (text[at] !== char) fail(`"${char}"`);
    at++;
    blanks();
  };
  const key = () => /^[\w\-.#/:]*/.exec(text.slice(at))?.[0] ?? "";
  const name = () => {
    const found = key();
    at += found.length;
    if (text[at] === "@") at++;
    take("=");
    return found;
  };
  const quoted = (quote: string) => {
    let value = "";
    for (at++; at < text.length && text[at] !== quote; at++) {
      if (text[at] === "\\" && (text[at + 1] === quote || text[at + 1] === "\\")) at++;
      value += text[at] ?? "";
    }
    take(quote);
    return value;
  };
  /** One without brackets or quotes ends where no value may go on; a further one of a list holds no `=`. */
  const plain = (further: boolean) => {
    let value = "";
    for (; at < text.length; at++) {
      const char = text[at] ?? "";
      if (char === "\\" && text[at + 1] === ",") value += text[++at];
      else if (/[,\]}]/.test(char) || (further && char === "=")) break;
      else value += char;
    }
    return value.trimEnd();
  };
  const scalar = (further = false) => {
    const char = text[at] ?? "";
    return char === "'" || char === '"' ? quoted(char) : plain(further);
  };
  const nested = (): Value => {
    if (text[at] === "[") return list();
    return text[at] === "{" ? hash() : scalar();
  };
  const list = (): Value[] => {
    take("[");
    const values: Value[] = [];
    while (text[at] !== "]") {
      if (at >= text.length) fail('"]"');
      values.push(nested());
      blanks();
      if (text[at] !== "]") take(",");
    }
    take("]");
    return values;
  };
  const hash = (): Record<string, Value> => {
    take("{");
    const values: Record<string, Value> = {};
    while (text[at] !== "}") {
      if (at >= text.length) fail('"}"');
      const member = name();
      values[member] = nested();
      blanks();
      if (text[at] !== "}") take(",");
    }
    take("}");
    return values;
  };
  const values = (): Value => {
    if (text[at] === "[" || text[at] === "{") return nested();
    const first = scalar();
    const all = [first];
    blanks();
    while (text[at] === ",") {
      const before = at;
      take(",");
      const more = scalar(true);
      blanks();
      // It was the next key, and no further value.
      if (text[at] === "=" || (more === "" && at >= text.length)) {
        at = before;
        break;
      }
      all.push(more);
    }
    return all.length === 1 ? first : all;
  };
  const read: Record<string, Value> = {};
  for (;;) {
    const member = name();
    read[member] = values();
    blanks();
    if (at >= text.length) return read;
    take(",");
  }
}
