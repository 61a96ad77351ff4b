import { isMap, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { MayflyError } from "../../../base/errors.ts";
import { didYouMean } from "../../../base/nearest.ts";
import { checkRule, type Rule, RuleMistake } from "./rule.ts";

/** A file of faults: `seed` of all that have a probability, and the list. Every mistake is named with its line. */
export function readFaultFile(text: string, file: string): Rule[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const wrong = (at: number | undefined, message: string, remedy?: string) => {
    const line = at === undefined ? "" : `, line ${lines.linePos(at).line}`;
    return new MayflyError("usage", `cannot read "${file}"${line}: ${message}`, remedy);
  };
  const broken = document.errors[0];
  if (broken)
    throw new MayflyError("usage", `cannot read "${file}": ${broken.message.trim()}`, "mend it");
  const root = document.contents;
  if (!isMap(root)) throw wrong(root?.range?.[0], "there are no faults in it", EXAMPLE);
  const words = ["seed", "faults"];
  for (const { key } of root.items) {
    const word = String((key as Node).toJSON());
    if (words.includes(word)) continue;
    const at = (key as Node).range?.[0];
    throw wrong(at, `"${word}" is not a word of this file`, didYouMean(word, words) ?? EXAMPLE);
  }
  const seed = document.get("seed") as unknown;
  if (seed !== undefined && !Number.isInteger(seed))
    throw wrong(place(root.get("seed", true)), "seed is not a whole number", EXAMPLE);
  const list = root.get("faults", true);
  if (!isSeq(list)) throw wrong(place(list), "faults is not a list", EXAMPLE);
  return list.items.map((item, i) => {
    const given = (item as Node).toJS(document) as unknown;
    try {
      const rule = checkRule(given);
      // Rules of one file must not all draw alike.
      return seed === undefined || rule.probability === undefined
        ? rule
        : { seed: (seed as number) + i, ...rule };
    } catch (error) {
      if (!(error instanceof RuleMistake)) throw error;
      const { word } = error;
      const pair = isMap(item) ? item.items.find(({ key }) => String(key) === word) : undefined;
      throw wrong(place(pair?.key ?? item), error.message, error.remedy);
    }
  });
}

const EXAMPLE =
  "faults:\n    - { kind: throttle, service: emr, operation: DescribeCluster, times: 3 }";

function place(node: unknown): number | undefined {
  return (node as Node | undefined)?.range?.[0];
}
