import type { IncomingMessage, ServerResponse } from "node:http";
import type { AwsAnswer } from "../service.ts";

/** An answer on its way to the client: its body whole, or as it comes. */
export interface Answer {
  status: number;
  headers: string[] | Record<string, string>;
  body: Buffer | IncomingMessage;
}

export type Reply = (answer: Answer) => Promise<void>;

export function replyTo(response: ServerResponse): Reply {
  return async ({ status, headers, body }) => {
    response.writeHead(status, headers);
    if (Buffer.isBuffer(body)) response.end(body);
    else await pass(body, response);
  };
}

/** Of what we answer ourselves, the length is known. */
export function wholeAnswer({ status, headers, body }: AwsAnswer): Answer {
  const bytes = Buffer.from(body);
  return { status, headers: { ...headers, "content-length": String(bytes.length) }, body: bytes };
}

/** An answer that breaks off breaks off for the client too: it must not pass for a whole one. */
function pass(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    answer.on("close", () => {
      if (!answer.complete) response.destroy();
    });
    response.on("close", resolve).on("finish", resolve);
    answer.pipe(response);
  });
}

/** Thrown where the client gets something else than an answer of the service. */
export class Instead extends Error {
  /** Undefined where the connection is cut. */
  readonly answer: AwsAnswer | undefined;
  constructor(answer?: AwsAnswer) {
    super("a rehearsed fault");
    this.answer = answer;
  }
}
