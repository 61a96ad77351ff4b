import { Hono } from "hono";
import { extend, resize } from "../../engine/clusters/change.ts";
import { down } from "../../engine/clusters/down.ts";
import { findInAccount, listClusters } from "../../engine/clusters/list.ts";
import { detailOf } from "../../engine/clusters/look.ts";
import { recoverOpenings } from "../../engine/clusters/opening.ts";
import { planUp } from "../../engine/clusters/plan.ts";
import { findLeft, reap, type Verdict } from "../../engine/clusters/reap.ts";
import { clusterNamed } from "../../engine/clusters/records.ts";
import { chooseKeeper, up } from "../../engine/clusters/up.ts";
import { recoverRuns } from "../../engine/runs/recover.ts";
import { readAge, readBudget, readWorkers } from "../../model/age.ts";
import type { ClusterDetailView, ClusterView, LeftView } from "../api.ts";
import type { ConsoleContext } from "../context.ts";
import { readJson } from "../safety/guard.ts";

export function clusterRoutes(context: ConsoleContext): Hono {
  const { env, works, project } = context;
  const app = new Hono();
  app.get("/", async (c) =>
    c.json((await listClusters(env)).map(withIdle) satisfies ClusterView[]),
  );
  app.get("/plan", async (c) => c.json(await planUp(readUp(c.req.query(), context))));
  app.get("/:name", async (c) => {
    const detail = await detailOf(clusterNamed(c.req.param("name")), env);
    return c.json(withIdle(detail) satisfies ClusterDetailView);
  });
  app.post("/", async (c) => {
    const wish = readUp(await readJson<Record<string, unknown>>(c), context);
    // What is wrong with the request is told at once.
    await chooseKeeper(wish);
    const begun = works.begin(
      `up ${wish.name}`,
      `open the cluster "${wish.name}"`,
      ({ emit, signal }) => up({ ...wish, signal }, emit),
    );
    return c.json(begun, 202);
  });
  app.post("/look", async (c) => {
    await readJson(c);
    const begun = works.begin("account", "ask the account for clusters", () =>
      findInAccount(project, env),
    );
    return c.json(begun, 202);
  });
  app.post("/:name/down", async (c) => {
    const { unprotect } = await readJson<{ unprotect?: unknown }>(c);
    const record = clusterNamed(c.req.param("name"));
    const begun = works.begin(
      `down ${record.name}`,
      `end the cluster "${record.name}"`,
      ({ emit, signal }) => down(record, { env, signal, unprotect: unprotect === true }, emit),
    );
    return c.json(begun, 202);
  });
  app.post("/:name/resize", async (c) => {
    const { workers: said } = await readJson<{ workers?: unknown }>(c);
    const workers = readWorkers(said === undefined ? undefined : String(said));
    const { name } = clusterNamed(c.req.param("name"));
    const begun = works.begin(`resize ${name}`, `resize "${name}"`, async ({ emit, signal }) => {
      await resize({ cluster: name, env, signal }, workers, emit);
      return { workers };
    });
    return c.json(begun, 202);
  });
  app.post("/:name/extend", async (c) => {
    const { time, from } = await readJson<{ time?: unknown; from?: unknown }>(c);
    const { name } = clusterNamed(c.req.param("name"));
    const ms = readAge(String(time ?? ""), `mayfly extend ${name}`);
    const seen = typeof from === "number" ? { from } : {};
    const begun = works.begin(`extend ${name}`, `extend "${name}"`, async ({ emit, signal }) => {
      const { endsAt } = await extend({ cluster: name, env, signal, ...seen }, ms, emit);
      return { endsAt };
    });
    return c.json(begun, 202);
  });
  return app;
}

const withIdle = <T extends ClusterView>(one: T): T => {
  const { entry } = one.record;
  return "idle" in entry ? { ...one, idle: String(entry.idle) } : one;
};

type Said = Record<string, unknown>;
const word = (value: unknown) => (typeof value === "string" ? value.trim() : "");

function readUp({ name, on, ttl, budget }: Said, { project, env }: ConsoleContext) {
  if (word(ttl) !== "") readAge(word(ttl), "--ttl");
  return {
    ...{ name: word(name), on: word(on) || "emr", cwd: project, env },
    target: {
      ...(word(ttl) === "" ? {} : { ttl: word(ttl) }),
      ...(word(budget) === "" ? {} : { budget: readBudget(word(budget)) }),
    },
  };
}

/** What our runs have left in the account: looking ends what killed commands left here, as every command does. */
export function leftRoutes({ env, works, project }: ConsoleContext): Hono {
  const app = new Hono();
  const find = async (said: Said, signal: AbortSignal) => {
    const { all, olderThan, owner } = said;
    return findLeft({
      ...{ cwd: project, env, signal, all: all === true },
      ...(word(olderThan) === "" ? {} : { olderThanMs: readAge(word(olderThan)) }),
      ...(word(owner) === "" ? {} : { owner: word(owner) }),
    });
  };
  app.post("/look", async (c) => {
    const said = await readJson<Said>(c);
    if (word(said.olderThan) !== "") readAge(word(said.olderThan));
    const begun = works.begin("left", "look for what was left", async ({ signal }) => {
      await recoverRuns(project);
      await recoverOpenings(env);
      return { said, found: (await find(said, signal)).map(asView) } satisfies LeftView;
    });
    return c.json(begun, 202);
  });
  app.post("/end", async (c) => {
    const said = await readJson<Said>(c);
    // Only what somebody has seen goes, whatever has come to it since.
    const shown = new Set(Array.isArray(said.shown) ? said.shown.map(String) : []);
    const begun = works.begin("reap", "end what was left", async ({ emit, signal }) => {
      const seen = (await find(said, signal)).map((one) =>
        shown.has(keyOf(one)) ? one : { ...one, stays: "it was not shown" },
      );
      return reap(seen, { env, signal }, emit);
    });
    return c.json(begun, 202);
  });
  return app;
}

const keyOf = ({ ours }: Verdict) => `${ours.region} ${ours.what} ${ours.id}`;

const asView = (one: Verdict) => ({
  ...{ key: keyOf(one), ours: one.ours },
  ...(one.stays ? { stays: one.stays } : {}),
});
