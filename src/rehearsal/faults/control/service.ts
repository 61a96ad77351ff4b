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
      return json(200, answer(book, JSON.parse(asked.body.toString("utf8")) as Asked));
    },
    close: () => Promise.resolve(),
  };
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
