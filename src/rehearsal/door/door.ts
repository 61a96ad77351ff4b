import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { handle } from "./handle.ts";
import type { DoorWish, Limits } from "./wish.ts";

const LIMITS: Limits = {
  objectBytes: 5 * 1024 ** 3,
  bodyBytes: 16 * 1024 ** 2,
  headerBytes: 16 * 1024,
  headersMs: 10_000,
  idleMs: 60_000,
  connections: 512,
};

/** One port for every service: who asks must have signed, and what is asked must be safe to pass on. */
export async function openDoor(wish: DoorWish): Promise<Server> {
  const limits = { ...LIMITS, ...wish.limits };
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: 0,
    keepAliveTimeout: 75_000,
    connectionsCheckingInterval: Math.min(2000, limits.headersMs),
  });
  server.maxConnections = limits.connections;
  server.maxHeadersCount = 200;
  const take = (request: IncomingMessage, response: ServerResponse, waits: boolean) =>
    void handle({ request, response, waits }, { ...wish, limits });
  server.on("request", (request, response) => take(request, response, false));
  // `Expect: 100-continue`: the body is asked for once the headers are known to be good.
  server.on("checkContinue", (request, response) => take(request, response, true));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(wish.port, "127.0.0.1", resolve);
  });
  return server;
}
