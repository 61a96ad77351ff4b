import { MayflyError } from "../../base/errors.ts";
import type { Input } from "../command.ts";

export function needUri(input: Input, verb: string, usage: string): string {
  const [uri = ""] = input.words;
  if (uri !== "") return uri;
  throw new MayflyError(
    "usage",
    `mayfly data ${verb} needs a path or URI`,
    `usage: mayfly ${usage}`,
  );
}

export function readCount(input: Input, name: string, usual: number): number {
  const text = input.value(name);
  if (text === undefined) return usual;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new MayflyError(
    "usage",
    `cannot read --${name} "${text}": it is no whole number from 1`,
    `for example --${name} 1000`,
  );
}
