import { type Context, Hono } from "hono";
import { MayflyError } from "../../base/errors.ts";
import { wordsOf } from "../../engine/job/known.ts";
import type { RunRequest } from "../../engine/job/request.ts";
import { type Planned, planJob } from "../../engine/money/plan.ts";
import { showPrices, updatePrices } from "../../engine/money/prices.ts";
import { readHours } from "../../model/age.ts";
import type { PlannedView } from "../api.ts";
import type { ConsoleContext } from "../context.ts";
import { beginRun } from "../live/begin.ts";
import { problemOf } from "../safety/errors.ts";
import { readJson } from "../safety/guard.ts";

export function priceRoutes({ project, env, works }: ConsoleContext): Hono {
  const app = new Hono();
  app.get("/", async (c) => {
    const regions = c.req.queries("region") ?? [];
    const types = c.req.queries("type") ?? [];
    return c.json(await showPrices({ cwd: project, env, types, regions }));
  });
  app.post("/update", async (c) => {
    const { types, regions } = await readJson<{ types?: unknown; regions?: unknown }>(c);
    const request = { cwd: project, env, types: words(types), regions: words(regions) };
    const begun = works.begin("prices", "ask AWS for prices", () => updatePrices(request));
    return c.json(begun, 202);
  });
  return app;
}

const words = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String).filter((word) => word !== "") : [];

/** What `mayfly plan` says, and what `mayfly run` then does. */
export function planRoutes(context: ConsoleContext): Hono {
  const { project, env, files } = context;
  const app = new Hono();
  const request = (said: Record<string, unknown>): RunRequest => {
    const { job, on, small } = said;
    if (typeof job !== "string" || job === "")
      throw new MayflyError("usage", "cannot plan a run: no job is named", "choose a job");
    return {
      ...{ job, cwd: project, liveS3: files.liveS3, small: small === true || small === "1" },
      ...(typeof on === "string" && on !== "" ? { on } : {}),
    };
  };
  app.get("/words", async (c) => c.json(await wordsOf(project)));
  app.get("/", async (c) => {
    const { hours, ...said } = c.req.query();
    const options = { env, ...(hours ? { hours: readHours(hours) } : {}) };
    return c.json((await planJob(request(said), options)).map(asView));
  });
  const starting = new Map<string, Promise<{ id: string }>>();
  app.post("/run", async (c: Context) => {
    const { once, ...said } = await readJson<Record<string, unknown>>(c);
    // Pressed twice, it is begun once: the page says with the same word that it is the same wish.
    const key = typeof once === "string" ? once : "";
    const same = starting.get(key);
    if (key !== "" && same) return c.json(await same);
    const start = beginRun(request(said), context);
    starting.set(key, start);
    start.catch(() => starting.delete(key));
    return c.json(await start);
  });
  return app;
}

const asView = (one: Planned): PlannedView => {
  if ("plan" in one) return one;
  const { known: _, ...refused } = problemOf(one.refused, `plan the job on "${one.on}"`);
  return { on: one.on, refused };
};
