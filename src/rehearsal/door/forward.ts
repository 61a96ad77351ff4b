import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import { answerHeaders, type Companion, openPassed, type Passed } from "./companion.ts";
import { refuse } from "./problem.ts";
import type { Reply } from "./reply.ts";
import { readWhole } from "./signature/payload.ts";

/** Passes a request on with its body, and the answer back, both as they come. */
export async function forward(
  passed: Passed,
  body: Buffer | AsyncIterable<Buffer>,
  response: ServerResponse,
  companion: Companion,
  reply: Reply,
  learn?: (answer: Buffer) => void,
): Promise<void> {
  const request = openPassed(passed, companion);
  const gone = () => void request.destroy();
  response.on("close", gone);
  try {
    const answering = answerOf(request);
    answering.catch(() => {}); // it is looked at after the sending
    // An answer may come before all is sent, but no good one: the gate holds the last bytes back.
    if (Buffer.isBuffer(body)) request.end(body);
    else await Promise.race([answering, send(body, request)]);
    const answer = await answering;
    const status = answer.statusCode ?? 502;
    const headers = answerHeaders(answer);
    if (!learn) return await reply({ status, headers, body: answer });
    const whole = await readWhole(answer, Number.POSITIVE_INFINITY);
    if (status === 200) learn(whole);
    await reply({ status, headers, body: whole });
  } catch (error) {
    request.destroy();
    throw error;
  } finally {
    response.off("close", gone);
  }
}

function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on("response", resolve);
    request.on("error", () =>
      reject(refuse("unavailable", "The service is not reachable for the moment. Try again.")),
    );
  });
}

/** What breaks on the other side is told by the answer that fails, or that came too early. */
async function send(body: AsyncIterable<Buffer>, request: ClientRequest): Promise<void> {
  let goOn = () => {};
  request.on("drain", () => goOn()).on("close", () => goOn());
  for await (const part of body) {
    if (request.destroyed) return;
    if (!request.write(part)) await new Promise<void>((resolve) => (goOn = resolve));
  }
  request.end();
}
