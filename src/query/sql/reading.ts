import { MayflyError } from "../../base/errors.ts";
import { lex } from "./lex.ts";

const BEGINS = /^(?:select|with|from|values|table|show|describe|desc|explain|\()$/i;
const WRITES =
  /^(?:insert|update|delete|merge|create|replace|drop|alter|unload|vacuum|optimize|msck|repair|prepare|execute|deallocate|truncate|load|set|reset|add|cache|uncache|refresh|use|analyze|overwrite)$/i;

/** For engines that would write as well: a statement that only asks, by its words. */
export function requireReading(sql: string): void {
  const words = lex(sql);
  const [first] = words;
  // A word is one of these where a statement may begin: at first, behind EXPLAIN, and behind the tables of WITH or FROM.
  const writes = words.find(({ kind, value }, i) => {
    const before = words[i - 1]?.value ?? "";
    const begins = i === 0 || /^(?:explain|extended|formatted|cost|codegen|\))$/i.test(before);
    const into =
      /^(?:insert|merge|overwrite)$/i.test(value) &&
      /^(?:into|overwrite|table|directory|local)$/i.test(words[i + 1]?.value ?? "");
    return (
      kind === "word" &&
      WRITES.test(value) &&
      (begins || into) &&
      !(i > 0 && /^(?:analyze|replace)$/i.test(value))
    );
  });
  const deeper = words.findIndex(
    ({ value }, i) =>
      i > 0 && /^analyze$/i.test(value) && /^explain$/i.test(words[i - 1]?.value ?? ""),
  );
  if (first && BEGINS.test(first.value) && !writes) {
    if (deeper > 0 && words[deeper + 1]) requireReading(sql.slice(words[deeper + 1]?.at ?? 0));
    return;
  }
  throw new MayflyError(
    "refused",
    `cannot run this query: only what reads is allowed, got ${(writes ?? first)?.value.toUpperCase().slice(0, 30) ?? "nothing"}`,
    "SELECT, WITH, FROM, VALUES, SHOW, DESCRIBE or EXPLAIN",
  );
}
