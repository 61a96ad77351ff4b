import type { ServerResponse } from "node:http";
import { systemClock } from "../../../base/clock.ts";
import type { Answer, Reply } from "../../door/reply.ts";
import type { Strike } from "../faults.ts";

/** What is asked for is done; what the client gets to hear of it is another matter. */

export function slow(strike: Strike, reply: Reply, response: ServerResponse): Reply {
  return async (answer) => {
    strike.land(`${strike.ms} ms`);
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    await systemClock.sleep(strike.ms, gone.signal);
    if (!response.destroyed) await reply(answer);
  };
}

export function lost(strike: Strike, response: ServerResponse): Reply {
  return async ({ status, body }) => {
    strike.land(`after ${status}`);
    if (!Buffer.isBuffer(body)) body.destroy();
    response.socket?.resetAndDestroy();
  };
}

/** Half of what was announced. An answer without a body ends in its first line: clients take half of the headers for all. */
export function truncated(strike: Strike, response: ServerResponse): Reply {
  return async (answer) => {
    const body = await bytesOf(answer);
    const { socket } = response;
    strike.land(`${Math.floor(body.length / 2)} of ${body.length} bytes`);
    if (!socket) return;
    if (body.length === 0 || response.req.method === "HEAD") {
      socket.end("HTTP/1.1 ");
      return;
    }
    response.writeHead(answer.status, withLength(answer.headers, body.length));
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => socket.end());
  };
}

async function bytesOf({ body }: Answer): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body;
  const parts: Buffer[] = [];
  for await (const part of body as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

function withLength(headers: Answer["headers"], length: number): string[] {
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers).flat();
  const kept: string[] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2)
    if (!/^content-length$/i.test(pairs[i] ?? "")) kept.push(pairs[i] ?? "", pairs[i + 1] ?? "");
  return [...kept, "content-length", String(length)];
}
