import { type Clock, systemClock } from "../../base/clock.ts";
import { type AskOptions, makeAsk } from "../asking.ts";
import type { Session } from "../session.ts";
import { type Element, items, parseXml, textOf, within } from "./xml.ts";

/** A service that speaks the query protocol: a form is asked, XML answers. */
export interface QueryService {
  service: string;
  version: string;
  /** Of a service that is one for all regions: where it is, and the region of its signatures. */
  everywhere?: { host: string; region: string };
}

/** Parameters by name; of lists each with its number, from 1 on. */
export type Parameters = Record<string, string | number | boolean>;

export type AskQuery = (
  operation: string,
  input?: Parameters,
  options?: AskOptions,
) => Promise<Element>;

export function askQuery(
  session: Session,
  { service, version, everywhere }: QueryService,
  clock: Clock = systemClock,
): AskQuery {
  const host = everywhere?.host ?? `${service}.${session.region}.amazonaws.com`;
  const ask = makeAsk(
    session,
    {
      service,
      url: new URL(session.endpoint(service) ?? `https://${host}`),
      ...(everywhere ? { region: everywhere.region } : {}),
      headers: () => ({ "content-type": "application/x-www-form-urlencoded; charset=utf-8" }),
      parse: parseXml,
      refusal(text) {
        const answer = parseXml(text);
        // EC2 has a list of errors, the others one.
        const error = items(answer, "Errors")[0] ?? within(answer, "Error");
        return { said: textOf(error, "Code"), message: textOf(error, "Message") };
      },
    },
    clock,
  );
  return async (operation, input = {}, options) => {
    const named = Object.entries(input).map(([name, value]) => [name, String(value)]);
    const all = { Action: operation, Version: version, ...Object.fromEntries(named) };
    return (await ask(operation, new URLSearchParams(all).toString(), options)) as Element;
  };
}

/** `Name.1`, `Name.2`, … */
export function numbered(name: string, values: string[]): Parameters {
  return Object.fromEntries(values.map((value, i) => [`${name}.${i + 1}`, value]));
}
