import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeApp } from "../../../src/console/app.ts";
import type { ConsoleContext } from "../../../src/console/context.ts";
import { makeDesk } from "../../../src/console/live/desk.ts";
import { makeWorks } from "../../../src/console/live/works.ts";
import { makeKeys } from "../../../src/console/safety/keys.ts";
import { openRunIndex } from "../../../src/engine/runs/look/index.ts";

export const PORT = 4321;
export const BASE = `http://127.0.0.1:${PORT}`;
const OURS = { host: `127.0.0.1:${PORT}`, origin: BASE };

/** The console's app without a socket, and a browser that has signed in to it. */
export async function consoleApp(project: string, more: Partial<ConsoleContext> = {}) {
  const keys = makeKeys();
  const index = openRunIndex(project);
  const abort = new AbortController();
  writeFileSync(join(project, "index.html"), "<!doctype html><title>Mayfly</title>");
  const files = { cwd: project, liveS3: false };
  const sql = makeDesk(project, {}, files);
  const context: ConsoleContext = {
    ...{ project, env: {}, keys, index, sql, files },
    port: () => PORT,
    works: makeWorks(abort.signal),
    began: new Set(),
    rehearsals: async () => [],
    pages: project,
    signal: abort.signal,
    ...more,
  };
  const app = makeApp(context);
  const exchange = (token: string, headers: Record<string, string> = {}) =>
    app.request(`${BASE}/api/session`, {
      method: "POST",
      headers: { ...OURS, "content-type": "application/json", ...headers },
      body: JSON.stringify({ token }),
    });
  const cookie = (await exchange(keys.token())).headers.get("set-cookie")?.split(";")[0] ?? "";
  const ask = (path: string, headers: Record<string, string> = {}) =>
    app.request(`${BASE}${path}`, { headers: { host: OURS.host, cookie, ...headers } });
  const tell = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    app.request(`${BASE}${path}`, {
      method: "POST",
      headers: { ...OURS, cookie, "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return { app, keys, cookie, context, exchange, ask, tell, close: () => sql.close() };
}
