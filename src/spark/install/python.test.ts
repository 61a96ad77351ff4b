import assert from "node:assert/strict";
import { rmSync, utimesSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "node:test";
import { fakePython, makeTestWorld } from "../../../test/install-world.ts";
import { MayflyError } from "../../base/errors.ts";
import { findPip, findPython } from "./python.ts";

let world: ReturnType<typeof makeTestWorld>;
beforeEach(() => {
  world = makeTestWorld();
});
afterEach(() => world.end());

const put = (name: string, version: string, pip = "23.0") =>
  world.program(
    name,
    fakePython(version, `${world.top}/${name.includes("/") ? "" : "bin/"}${name}`, pip),
  );
const find = (spark = "3.5.6") => findPython(spark, world.tell, world.effects);

describe("findPython", () => {
  it("takes python3 when it fits, and asks no other", async () => {
    put("python3", "3.11.2");
    put("python3.10", "3.10.1");
    const found = await find();
    assert.deepEqual([found.version, found.minor, found.own], ["3.11.2", 11, undefined]);
    assert.equal(world.started.length, 1);
  });

  it("prefers one that its makers tested, and takes one that was seen to work", async () => {
    put("python3", "3.12.3");
    assert.equal((await find()).version, "3.12.3");
    put("python3.10", "3.10.1");
    assert.equal((await find()).version, "3.10.1");
  });

  it("knows what each Spark runs on", async () => {
    put("python3", "3.9.1");
    put("python3.13", "3.13.1");
    assert.equal((await find("3.4.4")).minor, 9);
    assert.equal((await find("4.0.2")).minor, 9);
    assert.equal((await find("4.1.0")).minor, 13);
    rmSync(`${world.top}/bin/python3`);
    await assert.rejects(find("3.4.4"), /Spark 3.4.4 runs on Python 3.9 to 3.12/);
  });

  it("takes the person's own first", async () => {
    put("python3", "3.11.2");
    put("mine/python", "3.10.4");
    put("active/bin/python", "3.9.4");
    world.env.VIRTUAL_ENV = `${world.top}/active`;
    assert.equal((await find()).own, "VIRTUAL_ENV");
    world.env.PYSPARK_PYTHON = `${world.top}/mine/python`;
    assert.equal((await find()).own, "PYSPARK_PYTHON");
    world.env.MAYFLY_PYTHON = "python3";
    assert.equal((await find()).own, "MAYFLY_PYTHON");
    assert.deepEqual(world.notes(), []);
  });

  it("says why the person's own is passed over", async () => {
    put("python3", "3.11.2");
    put("old/python", "3.8.10");
    world.env.MAYFLY_PYTHON = `${world.top}/old/python`;
    world.env.PYSPARK_PYTHON = "/nowhere/python";
    assert.equal((await find()).version, "3.11.2");
    const [first, second] = world.notes();
    assert.match(
      first ?? "",
      /MAYFLY_PYTHON=.*old\/python is passed over: it is Python 3.8.10, and Spark 3.5.6 runs on 3.9 to 3.13/,
    );
    assert.match(
      second ?? "",
      /PYSPARK_PYTHON=\/nowhere\/python is passed over: it does not start/,
    );
  });

  it("leaves conda's base alone", async () => {
    put("python3", "3.11.2");
    put("conda/bin/python", "3.10.2");
    world.env.CONDA_PREFIX = `${world.top}/conda`;
    world.env.CONDA_DEFAULT_ENV = "base";
    assert.equal((await find()).version, "3.11.2");
    world.env.CONDA_DEFAULT_ENV = "work";
    assert.equal((await find()).own, "CONDA_PREFIX");
  });

  it("lists what was found when none fits, and what to install", async () => {
    put("python3", "3.8.10");
    world.program("python3.12", () => ({
      code: 127,
      stderr: "pyenv: python3.12: command not found",
    }));
    await assert.rejects(find(), (error) => {
      assert.ok(error instanceof MayflyError);
      assert.equal(error.code, "missing");
      assert.match(
        error.message,
        /none of these: .*python3 is Python 3.8.10|python3 is Python 3.8.10/,
      );
      assert.match(error.remedy ?? "", /MAYFLY_PYTHON=/);
      return true;
    });
    rmSync(`${world.top}/bin`, { recursive: true });
    await assert.rejects(find(), /no Python on the PATH/);
    world.env.PATH = "";
    await assert.rejects(find(), /no Python on the PATH/);
  });

  it("remembers the answer until the program changes", async () => {
    // A script may answer differently each time: only a program is remembered.
    const path = put("python3", "3.11.2");
    await find();
    await find();
    assert.equal(world.started.length, 1);
    utimesSync(path, 1, 1);
    await find();
    assert.equal(world.started.length, 2);
    const shim = world.program("python3", fakePython("3.11.2", path, "23"));
    world.file("bin/python3", "#!/bin/sh\nexec something\n");
    assert.ok(shim);
    await find();
    await find();
    assert.equal(world.started.length, 4);
  });
});

describe("findPip", () => {
  it("takes another Python when the chosen one has no pip", async () => {
    put("python3", "3.11.2", "");
    const other = put("python3.9", "3.9.2", "21.0");
    assert.equal(await findPip(await find(), world.effects), other);
  });

  it("says what to install when none has", async () => {
    world.program("python3", fakePython("3.11.2", `${world.top}/bin/python3`, ""));
    await assert.rejects(
      findPip(await find(), world.effects),
      (error) =>
        error instanceof MayflyError && error.code === "missing" && /pip/.test(error.remedy ?? ""),
    );
  });
});
