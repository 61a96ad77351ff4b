import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { makeFolder } from "../../../test/support/cli.ts";
import { BASE, consoleApp, PORT } from "../../../test/support/console/context.ts";
import { eventually } from "../../../test/support/eventually.ts";
import type { Plan, PlannedView, PriceTable, Prunable, Words, Work } from "../api.ts";
import { makeWorks } from "../live/works.ts";

const folder = makeFolder({
  "mayfly.yaml":
    "jobs: { hello: { steps: [{ command: [echo, hello] }] } }\ntargets: { small: { kind: emr, workers: 2 } }\n",
});
const OLD = "20200102-030405-abc123";
const path = (name: string) => join(folder.path, ".mayfly/runs", OLD, name);
let console: Awaited<ReturnType<typeof consoleApp>>;
before(async () => {
  process.env.XDG_STATE_HOME = join(folder.path, "state");
  console = await consoleApp(folder.path, {
    env: { HOME: folder.path, XDG_STATE_HOME: join(folder.path, "state") },
  });
  mkdirSync(path(""), { recursive: true });
  writeFileSync(path("run.json"), "{");
});
after(() => folder.remove());
afterEach(() => console.context.works.settled());

const work = (key: string): Work | undefined =>
  console.context.works.all().find((one) => one.key === key);
const ended = (key: string) =>
  eventually(`the end of ${key}`, async () =>
    work(key)?.endedAt === undefined ? undefined : work(key),
  );

/** Everything that the console does beside runs, files and SQL. */
const WRITES: [string, object][] = [
  ["/api/clusters", { name: "lab", on: "small" }],
  ["/api/clusters/look", {}],
  ["/api/clusters/lab/down", {}],
  ["/api/clusters/lab/resize", { workers: "3" }],
  ["/api/clusters/lab/extend", { time: "2h" }],
  ["/api/left/look", {}],
  ["/api/left/end", { all: true, shown: [] }],
  ["/api/machine/doctor", {}],
  ["/api/machine/warm/start", {}],
  ["/api/machine/warm/stop", {}],
  ["/api/machine/prune", { older: "0d", cache: true, shown: [path("..")] }],
  ["/api/prices/update", {}],
  ["/api/data/check", { uri: "." }],
  ["/api/data/check/cancel", { uri: "." }],
  ["/api/plan/run", { job: "hello" }],
  [`/api/runs/${OLD}/history`, {}],
];
const READS = [
  "/api/clusters",
  "/api/clusters/lab",
  "/api/clusters/plan?name=lab&on=small",
  "/api/machine/warm",
  "/api/machine/prune",
  "/api/prices",
  "/api/plan?job=hello",
  "/api/plan/words",
  "/api/sql/places",
  "/api/dashboards/build?file=dashboard.yaml",
  "/api/dashboards/chart?file=dashboard.yaml&chart=1&format=csv",
  "/api/sql/tables",
];
const HOSTS = [
  "evil.example",
  `rebind.evil.example:${PORT}`,
  `127.0.0.1:${PORT + 1}`,
  `0.0.0.0:${PORT}`,
];
const ORIGINS = [
  "null",
  "http://evil.example",
  `http://127.0.0.1:${PORT + 1}`,
  `http://localhost:${PORT}`,
];

test("forged names and pages begin nothing and see nothing", async () => {
  for (const [route, body] of WRITES) {
    const forged: Record<string, string>[] = [
      ...HOSTS.map((host) => ({ host, origin: `http://${host}` })),
      ...ORIGINS.map((origin) => ({ origin })),
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "cross-site" },
      { cookie: "" },
      { cookie: `mayfly-${PORT}=x` },
    ];
    for (const headers of forged) {
      const answer = await console.tell(route, body, headers);
      assert.equal(answer.status, 403, `${route} ${JSON.stringify(headers)}`);
    }
    const silent = await console.app.request(`${BASE}${route}`, {
      method: "POST",
      headers: {
        host: `127.0.0.1:${PORT}`,
        cookie: console.cookie,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
    assert.equal(silent.status, 403, `${route}: what writes says which page it is`);
    const form = await console.tell(route, body, { "content-type": "text/plain" });
    assert.equal(form.status, 400, `${route}: a form is no JSON`);
    const got = await console.ask(route);
    assert.ok(got.status === 404 || READS.includes(route), `${route}: nothing is done by looking`);
  }
  for (const route of READS) {
    for (const host of HOSTS)
      assert.equal((await console.ask(route, { host })).status, 403, `${route} ${host}`);
    for (const origin of ORIGINS)
      assert.equal((await console.ask(route, { origin })).status, 403, `${route} ${origin}`);
    assert.equal((await console.ask(route, { cookie: "" })).status, 403, route);
  }
  assert.deepEqual(console.context.works.all(), []);
  assert.ok(existsSync(path("run.json")));
});

test("what cannot be is said at once, in the words of the command line", async () => {
  const says = async (route: string, body: object, text: RegExp, status = 400) => {
    const answer = await console.tell(route, body);
    assert.equal(answer.status, status, route);
    assert.match(await answer.text(), text);
  };
  await says("/api/clusters", { name: "", on: "small" }, /cannot call a cluster/);
  await says("/api/clusters", { name: "small" }, /a target or a kind has this name/, 409);
  await says("/api/clusters", { name: "lab", on: "local" }, /the kind local has none/);
  await says("/api/clusters", { name: "lab", on: "smal" }, /did you mean \\"small\\"/);
  await says("/api/clusters", { name: "lab", ttl: "soon" }, /cannot read the time/);
  await says("/api/clusters", { name: "lab", budget: "much" }, /amount of dollars/);
  await says("/api/clusters/lab/down", {}, /cannot find the cluster/, 404);
  await says("/api/clusters/lab/resize", { workers: "3" }, /cannot find the cluster/, 404);
  await says("/api/clusters/lab/resize", { workers: "many" }, /a number of workers/);
  await says("/api/clusters/lab/extend", { time: "2h" }, /cannot find the cluster/, 404);
  await says("/api/left/look", { olderThan: "yesterday" }, /cannot read the age/);
  await says("/api/machine/prune", { older: "soon" }, /cannot read the age/);
  await says("/api/plan/run", { job: "" }, /no job is named/);
  assert.deepEqual(console.context.works.all(), []);
  for (const [route, text, status] of [
    ["/api/plan?job=helo", /did you mean \\"hello\\"/, 404],
    ["/api/plan?job=hello&hours=soon", /--hours/, 400],
    ["/api/clusters/plan?name=lab&on=nowhere", /no target/, 400],
    ["/api/machine/prune?older=x", /cannot read the age/, 400],
  ] as const) {
    const answer = await console.ask(route);
    assert.equal(answer.status, status, route);
    assert.match(await answer.text(), text);
  }
});

test("a plan, a quote and prices are those of the command line", async () => {
  const json = async <T>(route: string) => (await (await console.ask(route)).json()) as T;
  const words = await json<Words>("/api/plan/words");
  assert.deepEqual(words.jobs, ["hello"]);
  assert.deepEqual(
    words.places.map(({ name, opens }) => [name, opens]),
    [
      ["small", true],
      ["local", false],
      ["emr", true],
    ],
  );
  const plans = await json<PlannedView[]>("/api/plan?job=hello&on=all&hours=1");
  assert.deepEqual(
    plans.map(({ on }) => on),
    ["local", "small"],
  );
  const there = plans[1];
  assert.match(there && "plan" in there ? (there.plan.line ?? "") : "", /^aws emr create-cluster/);
  const { quote, line, actions } = await json<Plan>("/api/clusters/plan?name=lab&on=small&ttl=2h");
  assert.ok(quote.perHour?.usd);
  assert.equal(quote.total?.usd, quote.perHour.usd * 2);
  assert.match(line ?? "", /mayfly:cluster=lab/);
  assert.doesNotMatch(JSON.stringify(actions), /terminate/);
  const { rows, regions } = await json<PriceTable>("/api/prices?region=eu-west-3&type=m5.xlarge");
  assert.deepEqual([rows.length, rows[0]?.region, rows[0]?.what], [1, "eu-west-3", "m5.xlarge"]);
  assert.ok(regions.includes("us-east-1"));
});

test("only what was shown is removed, and it is removed once", async () => {
  const answer = await console.ask("/api/machine/prune?older=0d");
  const [found] = (await answer.json()) as Prunable[];
  assert.ok(found);
  assert.equal(found.what, `run ${OLD}`);
  for (const shown of [[], [folder.path], ["/"], [`${found.path}/..`]]) {
    await console.tell("/api/machine/prune", { older: "0d", shown });
    assert.deepEqual((await ended("prune"))?.found, { removed: 0, bytes: 0 });
    assert.ok(existsSync(found.path));
  }
  const wish = { older: "0d", shown: [found.path] };
  const both = await Promise.all([0, 1].map(() => console.tell("/api/machine/prune", wish)));
  const [one, two] = await Promise.all(both.map((answer) => answer.json()));
  assert.deepEqual(one, two, "two tabs at once are one removal");
  assert.deepEqual((await ended("prune"))?.found, { removed: 1, bytes: found.bytes });
  assert.ok(!existsSync(found.path));
});

test("a piece of work is begun once while it goes on; who looks hears of its notes and its end", async () => {
  const works = makeWorks(new AbortController().signal);
  let began = 0;
  const { promise, resolve } = Promise.withResolvers<string>();
  const begin = () =>
    works.begin("up lab", "open it", ({ note }) => {
      began++;
      note("it starts");
      return promise;
    });
  const first = begin();
  assert.deepEqual([begin(), begin()], [first, first]);
  assert.deepEqual(works.all()[0]?.notes, ["it starts"]);
  resolve("there");
  await works.settled();
  assert.deepEqual([began, works.all()[0]?.found], [1, "there"]);
  const again = works.begin("up lab", "open it", () => Promise.reject(new Error("no room")));
  assert.ok(again.startedAt > first.startedAt);
  await works.settled();
  assert.match(works.all()[0]?.problem?.message ?? "", /open it.*no room/);
});

test("a piece of work is cancelled by its key, and the others go on", async () => {
  const works = makeWorks(new AbortController().signal);
  const begin = (key: string) => {
    const { promise, reject } = Promise.withResolvers<never>();
    works.begin(key, "check it", ({ signal }) => {
      signal.addEventListener("abort", () => reject(new Error(String(signal.reason))));
      return promise;
    });
    return reject;
  };
  begin("check a");
  const end = begin("check b");
  works.cancel("check a");
  works.cancel("check c");
  await new Promise(setImmediate);
  assert.deepEqual(
    works.all().map(({ key, endedAt, problem }) => [key, endedAt !== undefined, problem?.message]),
    [
      ["check a", true, "cannot check it: SIGINT"],
      ["check b", false, undefined],
    ],
  );
  end(new Error("over"));
  await works.settled();
});
