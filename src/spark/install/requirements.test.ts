import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { makeTestWorld } from "../../../test/install-world.ts";
import { exec } from "../../base/exec.ts";
import { readProject, readRequirements } from "./requirements.ts";

let world: ReturnType<typeof makeTestWorld>;
beforeEach(() => {
  world = makeTestWorld();
});
afterEach(() => world.end());

describe("readRequirements", () => {
  it("gives the lines that pip would see", () => {
    const path = world.file(
      "requirements.txt",
      "\uFEFF# first\r\nsix==1.16.0   # why\r\n\r\nidna \\\n  >=3\nurl#egg @ https://x/y#sha256=1\n",
    );
    const { lines, notes } = readRequirements(path);
    assert.deepEqual(lines, ["six==1.16.0", "idna    >=3", "url#egg @ https://x/y#sha256=1"]);
    assert.deepEqual(notes, []);
  });

  it("follows includes from the folder of their file, once, and makes constraints absolute", () => {
    world.file("base/more.txt", "b\n-r ../requirements.txt\n-c limits.txt\n");
    const path = world.file(
      "requirements.txt",
      "a\n-r base/more.txt\n--requirement=base/last.txt\n-r https://x/y.txt\n",
    );
    world.file("base/last.txt", "c");
    assert.deepEqual(readRequirements(path).lines, [
      "a",
      "b",
      `-c ${world.top}/base/limits.txt`,
      "c",
      "-r https://x/y.txt",
    ]);
  });

  it("names the file that is missing and who asks for it", () => {
    const path = world.file("requirements.txt", "-r gone.txt");
    assert.throws(() => readRequirements(path), /gone.txt", named by ".*requirements.txt"/);
    assert.throws(() => readRequirements(`${world.top}/none.txt`), /none.txt", named by the job/);
  });

  it("leaves PySpark out, but not what its extras stand for, nor what only begins like it", () => {
    const path = world.file(
      "requirements.txt",
      "PySpark[sql, connect]==3.5.1\npyspark\npyspark-helpers\npyspark_x>1\n",
    );
    const found = readRequirements(path);
    assert.deepEqual(found.lines, ["pyspark-helpers", "pyspark_x>1"]);
    assert.deepEqual(found.extras, ["sql", "connect"]);
    assert.match(found.notes[0] ?? "", /"PySpark\[sql, connect\]==3.5.1" is left out/);
  });

  it("is content with an empty file", () => {
    assert.deepEqual(readRequirements(world.file("requirements.txt", "\n# none\n")).lines, []);
  });
});

describe("readProject", () => {
  const read = (text: string) =>
    readProject(world.file("pyproject.toml", text), "python3", {
      ...world.effects,
      exec,
      env: process.env,
    });

  it("gives the dependencies of the project", async () => {
    const found = await read(
      '[project]\nname = "x"\ndependencies = ["pandas>=2", "pyspark==3.5.6"]\n',
    );
    assert.deepEqual(found.lines, ["pandas>=2"]);
    assert.equal(found.notes.length, 1);
  });

  it("finds none where it only configures tools, and says so where they are dynamic", async () => {
    assert.deepEqual((await read("[tool.ruff]\nline-length = 100\n")).lines, []);
    const { notes } = await read('[project]\nname = "x"\ndynamic = ["dependencies"]\n');
    assert.match(notes[0] ?? "", /dynamic/);
  });

  it("says where it cannot be read", async () => {
    await assert.rejects(read("[project\n"), /pyproject.toml": .*line 1/);
    await assert.rejects(read('[project]\ndependencies = "pandas"\n'), /not a list of texts/);
  });
});
