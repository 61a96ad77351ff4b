import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { makeFolder } from "../../../test/support/cli.ts";
import { consoleApp } from "../../../test/support/console/context.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { checkData } from "../../engine/data/check/check.ts";
import { withStores } from "../../engine/fs/stores.ts";
import type { CheckView, Work } from "../api.ts";
import { makeWorks } from "../live/works.ts";

const folder = makeFolder({ "landing/a.csv": "a,b\n1,2\n" });
let console: Awaited<ReturnType<typeof consoleApp>>;
before(async () => {
  console = await consoleApp(folder.path);
});
after(() => {
  console.close();
  folder.remove();
});
afterEach(() => console.context.works.settled());

const ended = (uri: string) =>
  eventually(`the end of the check of ${uri}`, async () => {
    const work = console.context.works.all().find(({ key }: Work) => key === `check ${uri}`);
    return work?.endedAt === undefined ? undefined : work;
  });

test("what is no text where one belongs is a mistake of who asks, not of ours", async () => {
  const odd = { toString: null, valueOf: null };
  for (const [route, body] of [
    ["/api/sql", { sql: "select 1", on: odd }],
    ["/api/data/check", { uri: "landing", files: odd }],
    ["/api/sql/saved", { name: odd, sql: "select 1" }],
  ] as const) {
    const answer = await console.tell(route, body);
    assert.equal(answer.status, 400, route);
    assert.match(await answer.text(), /toString.*remedy/, route);
  }
});

test("a link in a circle is nothing among data, and is told where it is named", async () => {
  symlinkSync("circle", join(folder.path, "landing/circle"));
  await console.tell("/api/data/check", { uri: "landing" });
  const { found, problem } = await ended("landing");
  assert.equal(problem, undefined);
  assert.equal((found as CheckView).report?.files.found, 1);
  const answer = await console.tell("/api/data/check", { uri: "landing/circle" });
  assert.equal(answer.status, 404);
  assert.match(await answer.text(), /lead in a circle.*remedy/);
});

test("a project whose name reads like a pattern is not its neighbours", async () => {
  const project = join(folder.path, "p[1]");
  for (const [name, text] of [
    ["p[1]/in", "a,b\n1,2\n"],
    ["p1/in", "secret\n1\n"],
  ] as const) {
    mkdirSync(join(folder.path, name), { recursive: true });
    writeFileSync(join(folder.path, name, "a.csv"), text);
  }
  const other = await consoleApp(project);
  try {
    for (const uri of ["in", "in/*.csv", "*/a.csv"]) {
      await other.tell("/api/data/check", { uri });
      await other.context.works.settled();
      const { found } = other.context.works.all().at(-1) ?? {};
      const { files, agree, groups } = (found as CheckView).report ?? {};
      assert.deepEqual([files?.found, agree, groups?.shown[0]?.columns.all], [1, true, 2], uri);
    }
  } finally {
    other.close();
  }
});

test("a name that no place can have is not kept", async () => {
  for (const uri of ["a/".repeat(3000), `s3://b/${"a".repeat(900_000)}`]) {
    const answer = await console.tell("/api/data/check", { uri });
    assert.equal(answer.status, 400);
    const text = await answer.text();
    assert.ok(text.length < 500 && /remedy/.test(text), text.slice(0, 500));
  }
});

test("a check of a host that does not answer ends when it is cancelled", async () => {
  let asked = 0;
  const gone = Promise.withResolvers<void>();
  const host = createServer((request) => {
    asked++;
    request.socket.once("close", () => gone.resolve());
  });
  await new Promise<void>((done) => host.listen(0, "127.0.0.1", done));
  const uri = `webhdfs://127.0.0.1:${(host.address() as AddressInfo).port}/data`;
  try {
    await console.tell("/api/data/check", { uri });
    await eventually("its request", async () => asked || undefined);
    for (const _ of [1, 2]) await console.tell("/api/data/check/cancel", { uri });
    assert.equal((await ended(uri)).problem?.code, "interrupted");
    await gone.promise;
    assert.equal(asked, 1, "and nothing is asked again");
  } finally {
    host.closeAllConnections();
    host.close();
  }
});

test("of saved queries only those of the project are read", async () => {
  const outside = makeFolder({ "secret.sql": "secret" });
  try {
    await console.tell("/api/sql/saved", { name: "own", sql: "select 1" });
    const queries = join(folder.path, "queries");
    symlinkSync(join(outside.path, "secret.sql"), join(queries, "linked.sql"));
    symlinkSync("own.sql", join(queries, "twice.sql"));
    symlinkSync("/dev/null", join(queries, "device.sql"));
    const sql = "select 1\n";
    assert.deepEqual(await (await console.ask("/api/sql/saved")).json(), [
      { name: "own", sql },
      { name: "twice", sql },
    ]);
  } finally {
    outside.remove();
  }
});

test("a few checks go on at once, and the same one again is not another", async () => {
  const host = createServer(() => {});
  await new Promise<void>((done) => host.listen(0, "127.0.0.1", done));
  const uri = (n: number) => `webhdfs://127.0.0.1:${(host.address() as AddressInfo).port}/data${n}`;
  const check = async (n: number) => {
    const answer = await console.tell("/api/data/check", { uri: uri(n) });
    return [answer.status, await answer.text()] as const;
  };
  try {
    for (const n of [0, 1, 2, 3, 3, 0]) assert.equal((await check(n))[0], 202);
    const [status, said] = await check(4);
    assert.equal(status, 409);
    assert.match(said, /4 other checks go on.*remedy/);
    await console.tell("/api/data/check/cancel", { uri: uri(1) });
    await ended(uri(1));
    assert.equal((await check(4))[0], 202);
  } finally {
    for (const n of [0, 2, 3, 4]) await console.tell("/api/data/check/cancel", { uri: uri(n) });
    host.closeAllConnections();
    host.close();
  }
});

test("a listing is cancelled before it has come to its end", async () => {
  const many = join(folder.path, "many");
  mkdirSync(many);
  for (let i = 0; i < 2500; i++) writeFileSync(join(many, `${i}.csv`), "");
  const abort = new AbortController();
  const heard: (number | undefined)[] = [];
  const soFar = (_: number, of?: number) => {
    if (heard.length === 0) setImmediate(() => abort.abort("SIGINT"));
    heard.push(of);
  };
  await assert.rejects(
    withStores({ cwd: folder.path, liveS3: false }, (stores) =>
      checkData(many, 10, stores, { signal: abort.signal, soFar }),
    ),
    /was cancelled/,
  );
  assert.deepEqual(heard, [undefined]);
});

test("of what is begun again and again no more is kept than a person reads, and no more goes on at once", async () => {
  const works = makeWorks(new AbortController().signal);
  for (let i = 0; i < 300; i++) {
    works.begin(`check ${i}`, "check it", async () => i);
    await works.settled();
  }
  assert.deepEqual([works.all().length, works.all().at(-1)?.found], [100, 299]);
  const { promise, resolve } = Promise.withResolvers<void>();
  const more = () => {
    for (let i = 0; i < 1000; i++) works.begin(`up ${i}`, `open "${i}"`, () => promise);
  };
  assert.throws(more, /cannot open "32": 32 other pieces of work go on/);
  works.begin("up 0", "open it", () => promise);
  resolve();
  await works.settled();
});
