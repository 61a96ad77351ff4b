/** Texts, names and comments, in which a `$` means nothing; then what an input looks like. */
const PIECES =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|[A-Za-z_][\w$]*|\$([A-Za-z_]\w*)/g;

/** The inputs that a query uses, in the order of their names. */
export function inputsIn(sql: string): string[] {
  const names = [...sql.matchAll(PIECES)].flatMap((match) => match[2] ?? []);
  return [...new Set(names)].sort();
}
