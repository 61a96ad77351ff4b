import assert from "node:assert/strict";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { test } from "node:test";
import { createAdaptorServer } from "@hono/node-server";
import { makeFolder } from "../../../test/support/cli.ts";
import { consoleApp } from "../../../test/support/console/context.ts";

/** What is said byte for byte, as no client library would. */
function say(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(text));
    let said = "";
    socket.on("data", (bytes) => {
      said += bytes;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(said));
  });
}

test("requests that name two hosts, none, or another one in the address get nothing", async () => {
  const folder = makeFolder();
  let port = 0;
  const { app, cookie } = await consoleApp(folder.path, { port: () => port || 4321 });
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  const mine = `Cookie: ${cookie.replace("4321", String(port))}\r\nConnection: close\r\n`;
  const ours = `127.0.0.1:${port}`;
  try {
    const good = await say(port, `GET /api/runs HTTP/1.1\r\nHost: ${ours}\r\n${mine}\r\n`);
    assert.match(good, /200 OK.*"runs":\[\]/s);
    for (const head of [
      `GET /api/runs HTTP/1.1\r\nHost: evil.example\r\nHost: ${ours}`,
      `GET /api/runs HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: ${ours}`,
      `GET /api/runs HTTP/1.1\r\nHost:`,
      `GET /api/runs HTTP/1.1\r\nX: y`,
      `GET /api/runs HTTP/1.0`,
      `GET http://${ours}/api/runs HTTP/1.1\r\nHost: evil.example`,
      `GET /api/runs HTTP/1.1\r\nHost: ${ours}\r\n evil.example`,
      `GET /api/runs HTTP/1.1\r\nHost: ${ours}%00.evil.example`,
      `GET /api/runs HTTP/1.1\r\nHost: evil.example:${port}\r\nOrigin: http://${ours}`,
    ]) {
      const said = await say(port, `${head}\r\n${mine}\r\n`);
      assert.doesNotMatch(said, /"runs"/, head);
    }
    for (const path of [
      "/../../etc/passwd",
      "//etc/passwd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/assets/..%2f..%2fpackage.json",
      "/index.html%00",
    ])
      assert.doesNotMatch(
        await say(port, `GET ${path} HTTP/1.1\r\nHost: ${ours}\r\n${mine}\r\n`),
        / 200 /,
        path,
      );
  } finally {
    server.closeAllConnections();
    server.close();
    folder.remove();
  }
});
