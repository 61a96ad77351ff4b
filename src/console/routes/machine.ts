import { Hono } from "hono";
import { cacheFolder } from "../../base/places.ts";
import { examine } from "../../engine/doctor.ts";
import { findPrunable, type Prunable, removePrunable } from "../../engine/runs/prune.ts";
import { recoverRuns } from "../../engine/runs/recover.ts";
import { listSpares, startWarm, stopSpares } from "../../engine/warm.ts";
import { readAge } from "../../model/age.ts";
import type { Pruned } from "../api.ts";
import type { ConsoleContext } from "../context.ts";
import { readJson } from "../safety/guard.ts";

/** What `doctor`, `warm` and `prune` are on the command line. */
export function machineRoutes({ project, env, works }: ConsoleContext): Hono {
  const app = new Hono();
  app.post("/doctor", async (c) => {
    await readJson(c);
    const begun = works.begin("doctor", "examine this machine", ({ found }) =>
      examine(project, found),
    );
    return c.json(begun, 202);
  });

  app.get("/warm", (c) => c.json(listSpares(env)));
  app.post("/warm/start", async (c) => {
    const { job } = await readJson<{ job?: unknown }>(c);
    const wanted = typeof job === "string" && job !== "" ? job : undefined;
    const begun = works.begin("warm start", "start a warm driver", async ({ note }) => {
      return { spare: await startWarm(wanted, project, env, note) };
    });
    return c.json(begun, 202);
  });
  app.post("/warm/stop", async (c) => {
    await readJson(c);
    const begun = works.begin("warm stop", "end the warm drivers", async () => {
      return { stopped: await stopSpares(env) };
    });
    return c.json(begun, 202);
  });

  const find = async (older: string, cache: boolean): Promise<Prunable[]> => {
    const olderThanMs = readAge(older);
    await recoverRuns(project);
    const wish = { runs: [], olderThanMs, ...(cache ? { cache: cacheFolder(env) } : {}) };
    return findPrunable(project, wish);
  };
  app.get("/prune", async (c) => {
    const { older = "7d", cache } = c.req.query();
    return c.json(await find(older, cache === "1"));
  });
  app.post("/prune", async (c) => {
    const said = await readJson<{ older?: unknown; cache?: unknown; shown?: unknown }>(c);
    // Only what somebody has seen goes, whatever has come to it since.
    const shown = new Set(Array.isArray(said.shown) ? said.shown.map(String) : []);
    const older = String(said.older ?? "7d");
    readAge(older);
    const begun = works.begin("prune", "remove old runs and caches", async () => {
      const going = (await find(older, said.cache === true)).filter(({ path }) => shown.has(path));
      await removePrunable(going, env);
      const bytes = going.reduce((sum, one) => sum + one.bytes, 0);
      return { removed: going.length, bytes } satisfies Pruned;
    });
    return c.json(begun, 202);
  });
  return app;
}
