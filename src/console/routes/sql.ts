import { Hono } from "hono";
import { MayflyError } from "../../base/errors.ts";
import { savedQueries, saveQuery } from "../../engine/query/saved.ts";
import type { TableView } from "../api.ts";
import type { ConsoleContext } from "../context.ts";
import { readJson } from "../safety/guard.ts";

const MOST_ROWS = 10_000;

export function sqlRoutes({ project, sql: desk }: ConsoleContext): Hono {
  const app = new Hono();
  app.get("/tables", async (c) => {
    const tables = (await desk.open()).tables();
    return c.json(tables satisfies TableView[]);
  });
  app.post("/", async (c) => {
    const { sql } = await readJson<{ sql?: unknown }>(c);
    if (typeof sql !== "string" || sql.trim() === "")
      throw new MayflyError("usage", "cannot run a query: there is none", "write a SELECT");
    const query = await desk.open();
    // The page goes away, or its person has pressed Cancel: so does the query.
    return c.json(await query.rows(sql, { most: MOST_ROWS, signal: c.req.raw.signal }));
  });
  app.get("/saved", (c) => c.json(savedQueries(project)));
  app.post("/saved", async (c) => {
    const { name, sql } = await readJson<{ name?: unknown; sql?: unknown }>(c);
    return c.json({
      path: saveQuery(project, { name: String(name ?? ""), sql: String(sql ?? "") }),
    });
  });
  return app;
}
