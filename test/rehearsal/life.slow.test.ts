import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../src/base/port.ts";
import { isAlive } from "../../src/base/processes.ts";
import { ask } from "../support/rehearsal/signed.ts";
import { rehearsalWorld, runProgram } from "../support/rehearsal/world.ts";

/** A rehearsal's life: started twice, killed, restarted, reset. */
const world = rehearsalWorld();
after(() => world.remove());

const put = async (env: Record<string, string>, path: string, body = "") =>
  assert.equal((await ask(env, { method: "PUT", path, body })).status, 200, path);
const iam = (env: Record<string, string>, query: Record<string, string>) =>
  ask(env, { service: "iam", path: "/", query: { Version: "2010-05-08", ...query } });
const makeRole = async (env: Record<string, string>, name: string) => {
  const AssumeRolePolicyDocument = '{"Version":"2012-10-17","Statement":[]}';
  const made = await iam(env, { Action: "CreateRole", RoleName: name, AssumeRolePolicyDocument });
  assert.equal(made.status, 200, made.text);
};

test("started twice it is one, and nobody else reads what it has", async () => {
  const env = await world.start();
  const { daemon } = world.running();
  assert.deepEqual(await world.start(), env);
  assert.deepEqual(world.running().daemon, daemon);
  assert.equal(statSync(join(world.home(), "rehearsal.json")).mode & 0o777, 0o600);
  assert.equal(statSync(world.home()).mode & 0o777, 0o700);
});

test("a person who looks at what start prints is told how a shell takes it; a shell is not", async () => {
  const bin = resolve(import.meta.dirname, "../../src/cli/bin.ts");
  const start = [process.execPath, "--no-warnings", bin, "rehearsal", "start"];
  const env = { ...world.env, TERM: "xterm" };
  const seen = await runProgram(
    "python3",
    ["-c", "import pty, sys; pty.spawn(sys.argv[1:])", ...start],
    { cwd: world.path, env },
  );
  assert.match(
    seen.out.replaceAll("\r", ""),
    /^export AWS_ENDPOINT_URL=.*\n.* eval "\$\(mayfly rehearsal start\)"$/m,
  );
  assert.equal((await world.mayfly(["rehearsal", "start"])).err, "");
});

test("two starts at once make one", async () => {
  const both = await Promise.all([world.start("--name", "pair"), world.start("--name", "pair")]);
  assert.deepEqual(both[0], both[1]);
  await world.mayfly(["rehearsal", "stop", "--name", "pair"]);
});

test("a restart keeps port, keys, objects and roles; a second rehearsal has its own", async () => {
  const env = await world.start();
  await put(env, "/kept");
  await put(env, "/kept/a/b.txt", "hello");
  await makeRole(env, "keeper");
  const other = await world.start("--name", "second");
  assert.notEqual(other.AWS_ENDPOINT_URL, env.AWS_ENDPOINT_URL);
  assert.doesNotMatch((await ask(other, { path: "/" })).text, /kept/);
  const foreign = { ...other, AWS_ENDPOINT_URL: env.AWS_ENDPOINT_URL ?? "" };
  assert.match((await ask(foreign, { path: "/" })).text, /InvalidAccessKeyId/);
  await world.mayfly(["rehearsal", "stop"]);
  assert.deepEqual(await world.start(), env);
  assert.equal((await ask(env, { path: "/kept/a/b.txt" })).text, "hello");
  assert.match((await iam(env, { Action: "ListRoles" })).text, /keeper/);
  const said = await world.mayfly(["rehearsal", "status"]);
  assert.match(said.out, /default +running .* 1 bucket, 1 object, 5 B\n(?:.*\n)*second +running/);
});

test("killed, it leaves no companion, and the next start has all it held", async () => {
  const env = await world.start();
  await makeRole(env, "survivor");
  const { daemon, companion } = world.running();
  process.kill(daemon.pid, "SIGKILL");
  for (let i = 0; i < 100 && isAlive(companion); i++) await sleep(50);
  assert.ok(!isAlive(companion));
  const status = await world.mayfly(["rehearsal", "status", "--name", "default"]);
  assert.match(status.out, /default +stopped/);
  assert.deepEqual(await world.start(), env);
  assert.equal((await ask(env, { path: "/kept/a/b.txt" })).text, "hello");
  assert.match((await iam(env, { Action: "ListRoles" })).text, /survivor/);
});

test("started again in the moment of being killed, it waits for what is left", async () => {
  const env = await world.start();
  await makeRole(env, "last");
  process.kill(world.running().daemon.pid, "SIGKILL");
  assert.deepEqual(await world.start(), env);
  assert.match((await iam(env, { Action: "ListRoles" })).text, /last/);
});

test("both killed at once, it has what was done some seconds before", async () => {
  const env = await world.start();
  await makeRole(env, "early");
  await sleep(6000);
  const { daemon, companion } = world.running();
  for (const { pid } of [companion, daemon]) process.kill(pid, "SIGKILL");
  assert.deepEqual(await world.start(), env);
  assert.match((await iam(env, { Action: "ListRoles" })).text, /early/);
});

test("its companion killed, it ends, and says so", async () => {
  await world.start();
  const { daemon, companion } = world.running();
  process.kill(companion.pid, "SIGKILL");
  for (let i = 0; i < 100 && isAlive(daemon); i++) await sleep(50);
  assert.ok(!isAlive(daemon));
  assert.match(readFileSync(join(world.home(), "rehearsal.log"), "utf8"), /ministack ended/);
  await world.start();
});

test("a port that another program has", async () => {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  const said = await world.mayfly([
    "rehearsal",
    "start",
    "--name",
    "third",
    "--port",
    String(port),
  ]);
  assert.equal(said.code, 5);
  assert.match(said.err, new RegExp(`on port ${port}: another program listens there`));
  await new Promise((done) => server.close(done));
  const env = await world.start("--name", "third");
  assert.equal(env.AWS_ENDPOINT_URL, `http://127.0.0.1:${port}`);
});

test("a profile beside what the person has", async () => {
  const config = join(world.path, "aws-config");
  writeFileSync(config, "[default]\nregion = eu-west-3\n# mine");
  await world.start("--profile", "rehearsed");
  await world.start("--profile", "rehearsed");
  const endpoint = (await world.start()).AWS_ENDPOINT_URL;
  const text = readFileSync(config, "utf8");
  assert.equal(
    text,
    `[default]\nregion = eu-west-3\n# mine\n\n# written by mayfly rehearsal\n[profile rehearsed]\nregion = us-east-1\nendpoint_url = ${endpoint}\n`,
  );
  const keys = join(world.path, "aws-credentials");
  assert.equal(statSync(keys).mode & 0o777, 0o600);
  writeFileSync(config, `${text}output = json\n[profile theirs]\n`);
  const refused = await world.mayfly(["rehearsal", "start", "--profile", "theirs"]);
  assert.equal(refused.code, 2);
});

test("reset: nothing is left of what it held, and the environment holds", async () => {
  const env = await world.start();
  const said = await world.mayfly(["rehearsal", "reset", "--yes"]);
  assert.equal(said.code, 0, said.err);
  assert.doesNotMatch((await ask(env, { path: "/" })).text, /kept/);
  assert.doesNotMatch((await iam(env, { Action: "ListRoles" })).text, /keeper|survivor/);
  await world.mayfly(["rehearsal", "stop"]);
  assert.equal((await world.mayfly(["rehearsal", "reset", "--yes"])).code, 0);
  assert.ok(!existsSync(world.home()));
  assert.doesNotMatch(readFileSync(join(world.path, "aws-config"), "utf8"), /rehearsed/);
});
