import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { exec } from "../src/base/exec.ts";
import { makeFolder } from "./support/cli.ts";

const ROOT = resolve(import.meta.dirname, "..");

test("the package that npm would publish: its command, its library, its types, its schema", async () => {
  const folder = makeFolder({
    "package.json": '{"type":"module","private":true}',
    "mayfly.yaml": "jobs: { hello: { steps: [{ command: [echo, hello] }] } }\n",
    "dashboard.yaml":
      "title: A\nqueries: { q: select 42 as a }\ncharts: [{ query: q, mark: bar, x: a, y: a }]\n",
    "use.ts":
      'import { type Outcome, run } from "mayfly";\nconst handle = await run({ job: "hello", cwd: process.cwd() });\nconst outcome: Outcome = await handle.outcome;\nconsole.log(outcome.record.state);\n',
  });
  const env = { ...process.env, XDG_STATE_HOME: join(folder.path, "state"), MAYFLY_DEV: "" };
  const done = async (command: string, args: string[], cwd = folder.path) => {
    const result = await exec(command, args, { cwd, env });
    assert.equal(
      result.code,
      0,
      `${command} ${args.join(" ")}\n${result.stdout}\n${result.stderr}`,
    );
    return result.stdout;
  };
  const npm = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  await done(process.execPath, ["--no-warnings", "tools/build.ts"], ROOT);
  await done("npm", ["pack", "--pack-destination", folder.path, ...npm], ROOT);
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    version: string;
  };
  await done("npm", ["install", `./mayfly-${version}.tgz`, ...npm]);
  assert.equal(await done("node_modules/.bin/mayfly", ["--version"]), `mayfly ${version}\n`);
  assert.match(await done("node_modules/.bin/mayfly", ["run", "hello"]), /^hello$/m);
  const drawn = ["dashboard", "export", "--format", "png", "--format", "svg"];
  assert.match(await done("node_modules/.bin/mayfly", drawn), /01-bar\.svg\n.*01-bar\.png\n$/);
  assert.match(await done("node_modules/.bin/mayfly", ["dashboard", "build"]), /dashboard\.html$/m);
  assert.equal(
    await done("node_modules/.bin/mayfly", ["sql", "select 42 as a", "--format", "csv"]),
    "a\n42\n",
  );
  await consoleOpens(folder.path, env);
  const installed = join(folder.path, "node_modules/mayfly");
  for (const name of [
    "dist/mayfly.schema.json",
    "dist/dashboard.schema.json",
    "java/mayfly.jar",
    "python/fetch.py",
    "LICENSE",
  ]) {
    assert.ok(existsSync(join(installed, name)), name);
  }
  assert.ok(!existsSync(join(installed, "src")));
  assert.match(await done(process.execPath, ["--no-warnings", "use.ts"]), /^succeeded$/m);
  const options = {
    compilerOptions: {
      module: "nodenext",
      strict: true,
      noEmit: true,
      target: "es2024",
      typeRoots: [join(ROOT, "node_modules/@types")],
      types: ["node"],
    },
    files: ["use.ts"],
  };
  writeFileSync(join(folder.path, "tsconfig.json"), JSON.stringify(options));
  await done(join(ROOT, "node_modules/.bin/tsc"), []);
  folder.remove();
});

/** Its pages come from the package, and their script. */
async function consoleOpens(cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn("node_modules/.bin/mayfly", ["console", "--no-open"], {
    ...{ cwd, env, stdio: ["ignore", "pipe", "ignore"] },
  });
  const ended = once(child, "close");
  try {
    const [said] = (await Promise.race([once(child.stdout, "data"), ended])) as [unknown];
    const [address = ""] = /http:\S+/.exec(String(said)) ?? [];
    const page = await (await fetch(address)).text();
    const [, script = ""] = /<script[^>]* src="([^"]+)"/.exec(page) ?? [];
    const { status, headers } = await fetch(new URL(script, address));
    assert.deepEqual(
      [status, headers.get("content-type")],
      [200, "text/javascript; charset=utf-8"],
    );
  } finally {
    child.kill("SIGINT");
    await ended;
  }
}
