import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { exec } from "../src/base/exec.ts";
import { MayflyError, plan, run } from "../src/index.ts";
import { makeFolder } from "./support/cli.ts";

const SHELL = "jobs: { hello: { steps: [{ command: [echo, hello] }] } }\n";

test("the example of docs/library.md runs as it stands there", async () => {
  const root = resolve(import.meta.dirname, "..");
  const page = readFileSync(join(root, "docs/library.md"), "utf8");
  const [, example = ""] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  const folder = makeFolder({ "mayfly.yaml": SHELL });
  const program = example
    .replace('"mayfly"', JSON.stringify(join(root, "src/index.ts")))
    .replace('"word_count.py", args: ["--top", "10"]', '"hello"');
  assert.ok(
    program.includes("src/index.ts") && program.includes('"hello"'),
    "the example has changed",
  );
  writeFileSync(join(folder.path, "example.ts"), program);
  const env = { ...process.env, XDG_STATE_HOME: join(folder.path, "state") };
  const done = await exec(process.execPath, ["--no-warnings", "example.ts"], {
    cwd: folder.path,
    env,
  });
  folder.remove();
  assert.equal(done.stderr, "");
  assert.equal(done.stdout, "hello\nsucceeded [] 0\n");
});

test("a wrong request rejects with a code, and nothing is touched", async () => {
  const folder = makeFolder({ "mayfly.yaml": SHELL });
  await assert.rejects(
    run({ job: "helo", cwd: folder.path }),
    (error) => error instanceof MayflyError && error.code === "not-found",
  );
  const planned = await plan({ job: "hello", cwd: folder.path });
  assert.deepEqual(planned.actions, ["run echo on this machine", "remove the staging folder"]);
  assert.deepEqual((await import("node:fs")).readdirSync(folder.path), ["mayfly.yaml"]);
  folder.remove();
});

test("a reader that is slow, stops, or never reads holds up only what is printed for it", async () => {
  const loud = "head -c 40000000 /dev/zero | tr '\\\\0' x";
  const folder = makeFolder({
    "mayfly.yaml": `jobs: { loud: { steps: [{ command: [sh, -c, "${loud}"] }] } }\n`,
  });
  process.env.XDG_STATE_HOME = join(folder.path, "state");
  const request = { job: "loud", cwd: folder.path };
  const unread = await run(request);
  assert.equal((await unread.outcome).exitCode, 0, "nobody reads");
  const left = await run(request);
  for await (const event of left.events) if (event.code === "step.output") break;
  assert.equal((await left.outcome).exitCode, 0, "the reader goes away");
  const slow = await run(request);
  let read = 0;
  for await (const event of slow.events) {
    if (event.code === "step.output") read += event.text.length;
    if (read < 5_000_000) await new Promise((wait) => setTimeout(wait, 5));
  }
  assert.equal(read, 40_000_000);
  // The program has ended, its last words are in the pipe, and the reader looks away.
  for (const total of [16_800_000, 16_830_000, 16_860_000]) {
    const loudly = join(folder.path, "mayfly.yaml");
    writeFileSync(
      loudly,
      `jobs: { loud: { steps: [{ command: [head, -c, "${total}", /dev/zero] }] } }\n`,
    );
    let got = 0;
    for await (const event of (await run(request)).events) {
      if (event.code !== "step.output") continue;
      if (got === 0) await new Promise((wait) => setTimeout(wait, 1800));
      got += event.text.length;
    }
    assert.equal(got, total);
  }
  folder.remove();
});
