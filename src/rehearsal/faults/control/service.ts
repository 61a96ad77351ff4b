import type { AwsAnswer, Service } from "../../service.ts";
import type { FaultBook } from "../faults.ts";
import { checkRule, RuleMistake } from "../rules/rule.ts";
import type { Asked, Told } from "./asked.ts";

/** `accessKey` is the rehearsal's own: a script of a cluster, which has a key as well, has no say in this. */
export function faultService(book: FaultBook, accessKey: string): Service {
  return {
    handle(asked) {
      if (asked.accessKey !== accessKey)
        return json(403, { faults: [], problem: { message: "not with this key", remedy: "" } });
      const wish = read(asked.body);
      return wish
        ? json(200, answer(book, wish))
        : json(400, { faults: [], problem: { message: "not understood", remedy: "" } });
    },
    close: () => Promise.resolve(),
  };
}

/** Undefined where it is not what `asked.ts` says. */
function read(body: Buffer): Asked | undefined {
  try {
    const asked = JSON.parse(body.toString("utf8")) as Asked;
    if (asked.do === "list") return asked;
    if (asked.do === "add") return Array.isArray(asked.rules) ? asked : undefined;
    if (asked.do === "clear")
      return asked.ids === undefined || Array.isArray(asked.ids) ? asked : undefined;
  } catch {
    // as where nothing fits
  }
  return undefined;
}

function answer(book: FaultBook, asked: Asked): Told {
  if (asked.do === "list") return { faults: book.list() };
  if (asked.do === "clear") return { faults: book.clear(asked.ids) };
  try {
    const rules = asked.rules.map(checkRule);
    if (asked.instead) book.clear();
    return { faults: book.add(rules) };
  } catch (error) {
    if (!(error instanceof RuleMistake)) throw error;
    return { faults: [], problem: { message: error.message, remedy: error.remedy } };
  }
}

function json(status: number, told: Told): Promise<AwsAnswer> {
  const headers = { "content-type": "application/json" };
  return Promise.resolve({ status, headers, body: JSON.stringify(told) });
}
