import { Hono } from "hono";
import { streamText } from "hono/streaming";
import { MayflyError } from "../../base/errors.ts";
import { requestOf } from "../../engine/rerun.ts";
import { cancelRun } from "../../engine/runs/cancel.ts";
import { checkLimit, elsewhere, listRuns } from "../../engine/runs/list.ts";
import { searchLog } from "../../engine/runs/look/search.ts";
import { linesAfter, linesBefore, logFile } from "../../engine/runs/look/window.ts";
import { openUi } from "../../engine/runs/open.ts";
import { findRun, runIds } from "../../engine/runs/records.ts";
import type { RunPage } from "../api.ts";
import type { ConsoleContext } from "../context.ts";
import { beginRun } from "../live/begin.ts";
import { forPage } from "../live/desk.ts";
import { viewRun } from "../live/stream.ts";
import { readJson } from "../safety/guard.ts";

const MOST_FOUND = 500;
const MOST_ROWS = 200;

export function runRoutes(context: ConsoleContext): Hono {
  const { project, index, sql } = context;
  const app = new Hono();
  app.get("/", async (c) => {
    const { text, state, after, limit = "100" } = c.req.query();
    return c.json(
      await index.page({
        limit: Math.min(500, checkLimit(limit)),
        ...(text ? { text } : {}),
        ...(state ? { state } : {}),
        ...(after ? { after } : {}),
      }),
    );
  });
  app.get("/everywhere", (c) => {
    const limit = Math.min(500, checkLimit(c.req.query("limit") ?? "100"));
    const runs = listRuns(project, { limit, all: true });
    const others = elsewhere(project).reduce((sum, one) => sum + one.runs, 0);
    const total = others + runIds(project).length;
    return c.json({ runs, more: total > runs.length, total } satisfies RunPage);
  });
  app.get("/:id", (c) => {
    const { folder, record } = findRun(c.req.param("id"), project);
    const view = viewRun(folder);
    if (!view)
      throw new MayflyError("not-found", `cannot find the run "${record.id}": it has just gone`);
    return c.json(view);
  });
  const logOf = (id: string, { step, stream }: Record<string, string>) =>
    logFile(findRun(id, project).folder, Number(step ?? 0), stream ?? "stdout");
  app.get("/:id/log", (c) => {
    const query = c.req.query();
    const path = logOf(c.req.param("id"), query);
    if (query.before !== undefined)
      return c.json(linesBefore(path, query.before === "end" ? undefined : place(query.before)));
    return c.json(linesAfter(path, place(query.at ?? "0")));
  });
  app.get("/:id/search", (c) => {
    const query = c.req.query();
    const path = logOf(c.req.param("id"), query);
    const wanted = query.text ?? "";
    if (wanted.trim() === "")
      throw new MayflyError("usage", "cannot search for nothing", "write what to look for");
    // The reader goes away: the reading ends.
    const gone = new AbortController();
    return streamText(c, async (stream) => {
      stream.onAbort(() => gone.abort());
      try {
        for await (const one of searchLog(path, wanted, MOST_FOUND, gone.signal))
          await stream.write(`${JSON.stringify(one)}\n`);
      } catch (error) {
        if (!gone.signal.aborted) throw error;
      }
    });
  });
  app.get("/:id/outputs/:name", async (c) => {
    const { record } = findRun(c.req.param("id"), project);
    const output = record.outputs?.find(({ name }) => name === c.req.param("name"));
    if (!output) {
      throw new MayflyError(
        "not-found",
        `cannot show "${c.req.param("name")}": run ${record.id} has no such output`,
      );
    }
    const name = output.name.replaceAll('"', '""');
    const query = forPage(await sql.open(), c.req.raw.signal);
    return c.json(await query.rows(`SELECT * FROM "${record.id}"."${name}"`, { most: MOST_ROWS }));
  });
  app.post("/:id/rerun", async (c) => {
    const request = requestOf(findRun(c.req.param("id"), project));
    return c.json(await beginRun(request, context));
  });
  app.post("/:id/cancel", async (c) => {
    const record = await cancelRun(findRun(c.req.param("id"), project));
    return c.json({ id: record.id, state: record.state });
  });
  historyRoute(app, context);
  return app;
}

/** Spark's History Server over one run's event log. It ends with the console, or when that of another run is opened. */
function historyRoute(app: Hono, { project, works, signal }: ConsoleContext): void {
  let held: { id: string; url: string; close(): void } | undefined;
  signal.addEventListener("abort", () => held?.close());
  app.post("/:id/history", async (c) => {
    await readJson(c);
    const run = findRun(c.req.param("id"), project);
    const { id } = run.record;
    const begun = works.begin(`history ${id}`, `open the history of run ${id}`, async () => {
      if (held?.id === id) return { url: held.url };
      const { url, history } = await openUi(run, "history");
      held?.close();
      held = { id, url, close: () => history?.close() };
      void history?.ended.then(() => {
        if (held?.url === url) held = undefined;
      });
      if (signal.aborted) history?.close();
      return { url };
    });
    return c.json(begun, 202);
  });
}

function place(text: string): number {
  const at = Number(text);
  if (Number.isInteger(at) && at >= 0) return at;
  throw new MayflyError("usage", `cannot show a log from "${text}" on: it is no place in it`);
}
