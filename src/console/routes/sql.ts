import { Hono } from "hono";
import { MayflyError } from "../../base/errors.ts";
import { savedQueries, saveQuery } from "../../engine/query/saved.ts";
import { readWhere } from "../../engine/query/where.ts";
import type { PlacesView, TableView } from "../api.ts";
import type { ConsoleContext } from "../context.ts";
import type { Place } from "../live/desk.ts";
import { readJson, textOf } from "../safety/guard.ts";

const MOST_ROWS = 10_000;

export function sqlRoutes({ project, sql: desk }: ConsoleContext): Hono {
  const app = new Hono();
  app.get("/tables", async (c) => {
    const tables = await desk.tables(readPlace(c.req.query()));
    return c.json(tables satisfies TableView[]);
  });
  app.get("/places", async (c) => {
    const view: PlacesView = { spark: desk.spark(), athena: await desk.athena() };
    return c.json(view);
  });
  app.post("/", async (c) => {
    const said = await readJson<Record<string, unknown>>(c);
    const { sql } = said;
    const place = readPlace(said);
    if (typeof sql !== "string" || sql.trim() === "")
      throw new MayflyError("usage", "cannot run a query: there is none", "write a SELECT");
    // The page goes away, or its person has pressed Cancel: so does the query.
    const { signal } = c.req.raw;
    return c.json(await desk.at(place, (query) => query.rows(sql, { most: MOST_ROWS, signal })));
  });
  app.get("/saved", (c) => c.json(savedQueries(project)));
  app.post("/saved", async (c) => {
    const { name, sql } = await readJson<{ name?: unknown; sql?: unknown }>(c);
    return c.json({
      path: saveQuery(project, { name: textOf(name), sql: textOf(sql) }),
    });
  });
  return app;
}

/** As the options of `mayfly sql` say it; what is empty is not said. */
function readPlace(said: Record<string, unknown>): Place {
  const word = (name: string) => {
    const value = said[name];
    const text = typeof value === "string" ? value.trim() : "";
    return text === "" ? {} : { [name]: text };
  };
  return {
    on: said.on == null ? "here" : readWhere(textOf(said.on)),
    ...word("database"),
    ...word("workgroup"),
    ...word("results"),
  };
}
