import { request as open } from "node:http";
import { type Companion, SECRET } from "../door/companion.ts";

/** What a service of the companion answers to an operation of the query protocol, as EC2, IAM and STS speak it. */
export interface Answered {
  ok: boolean;
  /** XML. */
  text: string;
}

export type AskCompanion = (
  operation: string,
  input?: Record<string, string | number>,
) => Promise<Answered>;

/** Asks the companion itself, behind the door, for which nobody has to sign; it reads region and service from the header. */
export function askCompanion(
  { port, agent, secret }: Companion,
  { service, region, version }: { service: string; region: string; version: string },
): AskCompanion {
  const credential = `rehearsal/20000101/${region}/${service}/aws4_request`;
  return (operation, input = {}) => {
    const body = new URLSearchParams({
      Action: operation,
      Version: version,
      ...Object.fromEntries(Object.entries(input).map(([name, value]) => [name, String(value)])),
    }).toString();
    return new Promise((resolve, reject) => {
      const request = open({
        host: "127.0.0.1",
        port,
        agent,
        method: "POST",
        path: "/",
        headers: {
          [SECRET]: secret,
          "content-type": "application/x-www-form-urlencoded; charset=utf-8",
          "content-length": Buffer.byteLength(body),
          authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
        },
      });
      request.on("error", reject);
      request.on("response", (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        answer.on("error", reject);
        answer.on("end", () => resolve({ ok: answer.statusCode === 200, text }));
      });
      request.end(body);
    });
  };
}
