import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeFolder } from "../../../test/support/cli.ts";
import { BASE, consoleApp, PORT } from "../../../test/support/console/context.ts";

const folder = makeFolder();
let console: Awaited<ReturnType<typeof consoleApp>>;
before(async () => {
  console = await consoleApp(folder.path);
});
after(() => folder.remove());

/** Names that lead to this machine, or look as if they did, and are not the console's. */
const HOSTS = [
  "",
  "evil.example",
  `evil.example:${PORT}`,
  `rebind.evil.example:${PORT}`, // a name of somebody's that now resolves to 127.0.0.1
  `7f000001.c0a80001.rbndr.example:${PORT}`,
  `127.0.0.1.nip.example:${PORT}`,
  `localhost.evil.example:${PORT}`,
  `localhost:${PORT}.evil.example`,
  `evil.example@127.0.0.1:${PORT}`,
  `127.0.0.1:${PORT}@evil.example`,
  `127.0.0.1:${PORT}, evil.example`,
  `127.0.0.1:${PORT} evil.example`,
  `127.0.0.1:${PORT}/evil`,
  `127.0.0.1:${PORT}#`,
  `127.0.0.1:0${PORT}`,
  `127.0.0.1:${PORT + 1}`,
  `127.0.0.1:${PORT}0`,
  "127.0.0.1",
  "localhost",
  "localhost:80",
  `localhost.:${PORT}`,
  `LOCALHOST.evil.example:${PORT}`,
  `127.0.0.2:${PORT}`,
  `127.1:${PORT}`,
  `2130706433:${PORT}`,
  `0x7f000001:${PORT}`,
  `0177.0.0.1:${PORT}`,
  `0.0.0.0:${PORT}`,
  `[::]:${PORT}`,
  `[::ffff:127.0.0.1]:${PORT}`,
  `[0:0:0:0:0:0:0:1]:${PORT}`,
  `::1:${PORT}`,
  `my-laptop.local:${PORT}`,
  `192.168.0.7:${PORT}`,
  `127.0.0.1\u2024evil.example:${PORT}`.normalize("NFKC"),
  "null",
];

const ORIGINS = [
  "null",
  "http://evil.example",
  `http://evil.example:${PORT}`,
  "http://127.0.0.1",
  `http://127.0.0.1:${PORT + 1}`,
  `https://127.0.0.1:${PORT}`,
  `http://localhost:${PORT}`, // ours too, but not the name that this request was sent to
  `http://127.0.0.1:${PORT}.evil.example`,
  `http://127.0.0.1:${PORT}/`,
  `http://evil.example@127.0.0.1:${PORT}`,
  `http://user@127.0.0.1:${PORT}`,
  `HTTP://127.0.0.1:${PORT}`,
  `http://127.0.0.1:${PORT} http://evil.example`,
  `http://rebind.evil.example:${PORT}`,
  "file://",
  "chrome-extension://abcdefghijklmnop",
  "",
];

const header = (name: string, value: string) => ({ [name]: value });

test("a request to another name is answered with nothing, whatever it knows", async () => {
  assert.ok(HOSTS.length + ORIGINS.length >= 40);
  for (const host of HOSTS) {
    for (const path of ["/", "/api", "/api/runs"]) {
      const answer = await console.ask(path, header("host", host));
      assert.equal(answer.status, 403, `${host} ${path}`);
      assert.doesNotMatch(await answer.text(), /<title>|"project"|"runs"/);
    }
    const token = console.keys.token();
    const answer = await console.exchange(token, { host, origin: `http://${host}` });
    assert.equal(answer.status, 403, host);
    assert.equal(answer.headers.get("set-cookie"), null);
    assert.notEqual(console.keys.exchange(token), undefined, "a refused exchange uses nothing up");
  }
});

test("another page neither writes, nor reads, nor signs in", async () => {
  for (const origin of ORIGINS) {
    for (const answer of [
      await console.ask("/api/runs", header("origin", origin)),
      await console.tell("/api/sql/saved", { name: "x", sql: "y" }, header("origin", origin)),
      await console.exchange(console.keys.token(), header("origin", origin)),
    ]) {
      assert.equal(answer.status, 403, origin);
      assert.equal(answer.headers.get("set-cookie"), null);
      assert.equal(answer.headers.get("access-control-allow-origin"), null);
    }
  }
  for (const site of ["cross-site", "same-site", "somewhere"]) {
    const asked = await console.ask("/api/runs", header("sec-fetch-site", site));
    assert.equal(asked.status, 403, site);
    const told = await console.tell("/api/sql/saved", {}, header("sec-fetch-site", site));
    assert.equal(told.status, 403, site);
  }
  const typed = await console.tell("/api/sql/saved", {}, header("sec-fetch-site", "none"));
  assert.equal(typed.status, 403, "nobody types a POST");
  const silent = await console.app.request(`${BASE}/api/sql/saved`, {
    method: "POST",
    headers: { host: `127.0.0.1:${PORT}`, cookie: console.cookie },
    body: "{}",
  });
  assert.equal(silent.status, 403, "what writes says which page it is");
});

test("our own names and pages are answered", async () => {
  for (const name of ["127.0.0.1", "localhost", "[::1]"]) {
    const host = `${name}:${PORT}`;
    assert.equal((await console.ask("/", { host })).status, 200);
    const origin = `http://${host}`;
    const answer = await console.tell(
      "/api/sql/saved",
      { name: "q", sql: "select 1" },
      { host, origin },
    );
    assert.equal(answer.status, 200, name);
  }
});

test("a token is good once, for a cookie that no script reads and no other site sends", async () => {
  const token = console.keys.token();
  const answer = await console.exchange(token);
  assert.equal(answer.status, 200);
  const cookie = answer.headers.get("set-cookie") ?? "";
  assert.match(cookie, /; HttpOnly; SameSite=Strict$/);
  assert.doesNotMatch(cookie, new RegExp(token));
  assert.equal((await console.exchange(token)).status, 403);
  for (const wrong of ["", "x", `${token}x`, token.slice(1)])
    assert.equal((await console.exchange(wrong)).status, 403);
  for (const value of ["", "mayfly-4321=x", `mayfly-4321=${token}`, `mayfly-4320=${cookie}`])
    assert.equal((await console.ask("/api/runs", { cookie: value })).status, 403, value);
  const stolen = await console.tell("/api/tokens", { key: "x" }, { cookie: "" });
  assert.equal(stolen.status, 403);
  const { token: next } = (await (
    await console.tell("/api/tokens", { key: console.keys.key }, { cookie: "" })
  ).json()) as { token: string };
  assert.equal((await console.exchange(next)).status, 200);
});

test("every answer is armoured, an error too", async () => {
  for (const path of ["/", "/api", "/nothing", "/api/nothing", "/assets/../../etc/passwd"]) {
    const { headers } = await console.ask(path);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|nonce|\*/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("access-control-allow-origin"), null);
  }
  const refused = await console.ask("/api", { host: "evil.example" });
  assert.match(refused.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
});

test("what is too long, of another kind or no JSON is refused", async () => {
  const saved = "/api/sql/saved";
  const ask = async (path: string, body: unknown, headers = {}) =>
    (await console.tell(path, body, headers)).status;
  assert.equal(await ask(saved, { name: "q", sql: "x".repeat(2 << 20) }), 400);
  assert.equal(await ask(saved, "{}", { "content-type": "text/plain" }), 400);
  assert.equal(await ask(saved, "{", {}), 400);
  assert.equal(await ask(saved, { name: "../../etc/x", sql: "" }), 400);
  for (const method of ["PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"]) {
    const headers = { host: `127.0.0.1:${PORT}`, cookie: console.cookie, origin: BASE };
    const answer = await console.app.request(`${BASE}/api/runs`, { method, headers });
    assert.equal(answer.status, 400, method);
  }
});

const LONG = "x".repeat(300);

test("a page sees the project's files, and none beside them", async () => {
  for (const uri of [
    "/etc/passwd",
    "../",
    "file:///etc/passwd",
    "/",
    "a/../../x",
    "%00",
    "a\0b",
    LONG,
  ]) {
    for (const kind of ["", "/text", "/rows", "/content"]) {
      const answer = await console.ask(`/api/files${kind}?uri=${encodeURIComponent(uri)}`);
      assert.ok([400, 403, 404].includes(answer.status), `${kind} ${uri}: ${answer.status}`);
    }
    const told = await console.tell(`/api/files/content?uri=${encodeURIComponent(uri)}`, "x");
    assert.ok(told.status >= 400 || uri === "%00", `${uri}: ${told.status}`);
  }
});
