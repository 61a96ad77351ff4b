import { type Clock, systemClock } from "../base/clock.ts";
import { type AskOptions, makeAsk } from "./asking.ts";
import type { Session } from "./session.ts";

export { type AskOptions, AwsRefusal, LostReply } from "./asking.ts";

/** A service of AWS that speaks the protocol awsJson1.1, by the name in its signatures. */
export interface JsonService {
  service: string;
  /** What stands before the operation in `x-amz-target`. */
  target: string;
  /** What its hosts begin with, where that is not its name. */
  host?: string;
}

export type AskJson = <T>(operation: string, input: object, options?: AskOptions) => Promise<T>;

export function askJson(
  session: Session,
  { service, target, host = service }: JsonService,
  clock: Clock = systemClock,
): AskJson {
  const endpoint =
    session.endpoint(service === "elasticmapreduce" ? "emr" : service) ??
    `https://${host}.${session.region}.amazonaws.com`;
  const ask = makeAsk(
    session,
    {
      service,
      url: new URL(endpoint),
      headers: (operation) => ({
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `${target}.${operation}`,
      }),
      parse,
      refusal(text) {
        const said = (parse(text) ?? {}) as { __type?: string; message?: string; Message?: string };
        return { said: said.__type?.split("#").at(-1), message: said.message ?? said.Message };
      },
    },
    clock,
  );
  return async <T>(operation: string, input: object, options?: AskOptions) =>
    (await ask(operation, JSON.stringify(input), options)) as T;
}

function parse(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
