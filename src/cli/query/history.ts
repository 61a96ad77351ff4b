import { join } from "node:path";
import { readIfThere, writeAtomic } from "../../base/files.ts";
import { stateFolder } from "../../base/places.ts";
import { inOneLine, isBegun, splitStatements } from "../../engine/query/open.ts";

const MOST = 1000;

export interface History {
  /** The newest first. */
  all(): string[];
  add(line: string): void;
  /** What was begun is thrown away; its lines stay. */
  forget(): void;
}

/** What was asked at the prompt. A statement may hold a name or a number of somebody: nobody else reads it. */
export function openHistory(env: NodeJS.ProcessEnv): History {
  const file = join(stateFolder(env), "sql-history");
  const whole = (readIfThere(file) ?? "").split("\n").filter(Boolean).reverse();
  let begun: string[] = [];
  const keep = (text: string) => {
    const before = whole.indexOf(text);
    if (before >= 0) whole.splice(before, 1);
    whole.unshift(text);
    whole.splice(MOST);
  };
  const settle = (texts: string[]) => {
    for (const text of texts) keep(text);
    begun = [];
    if (texts.length > 0) writeAtomic(file, `${[...whole].reverse().join("\n")}\n`, 0o600);
  };
  return {
    all: () => [...begun.toReversed(), ...whole],
    add(line) {
      if (line.trim() === "") return;
      begun.push(line);
      const text = begun.join("\n");
      const dot = begun.length === 1 && line.trimStart().startsWith(".");
      if (!dot && isBegun(splitStatements(text).rest)) return;
      // A statement over several lines is one, which comes back whole.
      const one = begun.length === 1 ? text : inOneLine(text);
      settle(one === undefined ? begun : [one]);
    },
    forget: () => settle(begun),
  };
}
