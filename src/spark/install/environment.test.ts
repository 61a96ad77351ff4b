import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { fakePython, makeTestWorld, type Program } from "../../../test/install-world.ts";
import { MayflyError } from "../../base/errors.ts";
import { ensureEnvironment } from "./environment.ts";
import type { Python } from "./python.ts";

let world: ReturnType<typeof makeTestWorld>;
beforeEach(() => {
  world = makeTestWorld();
});
afterEach(() => world.end());

/** Makes what `python -m venv` makes; what pip would be asked to install is kept. */
let installed: string[] = [];
const venv =
  (pip: Program = () => ({})): Program =>
  (args, onLine) => {
    if (args[1] === "venv") {
      const path = args.at(-1) ?? "";
      mkdirSync(join(path, "bin"), { recursive: true });
      writeFileSync(join(path, "bin/python"), "");
      return {};
    }
    installed = readFileSync(args.at(-1) ?? "", "utf8")
      .trim()
      .split("\n");
    return pip(args, onLine);
  };

function python(more: Program = venv(), pip = "23.0", minor = 11): Python {
  const path = join(world.top, "bin/python3");
  const version = `3.${minor}.2`;
  world.program("python3", fakePython(version, path, pip, more));
  return { path, version, minor, own: undefined };
}

const make = (one: Python, requirements?: string, spark = "3.5.6") =>
  ensureEnvironment(
    { python: one, spark, ...(requirements && { requirements }) },
    world.tell,
    world.effects,
  );

async function refusal(work: Promise<unknown>): Promise<MayflyError> {
  const error = await work.then(
    () => assert.fail("it was made"),
    (caught) => caught,
  );
  assert.ok(error instanceof MayflyError, String(error));
  return error;
}

describe("ensureEnvironment", () => {
  it("is made once for the same content, wherever the file lies", async () => {
    const one = python();
    const first = await make(one, world.file("a/requirements.txt", "six\n"));
    assert.ok(existsSync(first));
    assert.deepEqual(installed, ["six", "numpy<2"]);
    const count = world.started.length;
    assert.equal(await make(one, world.file("b/other.txt", "# same\r\nsix\r\n")), first);
    assert.equal(world.started.length, count);
    assert.notEqual(await make(one, world.file("a/requirements.txt", "six==1\n")), first);
  });

  it("is made anew for a wheel of the same name with something else in it", async () => {
    const one = python();
    const file = world.file("requirements.txt", "./dist/mine-1.0-py3-none-any.whl\n");
    const built = (content: string) => world.file("dist/mine-1.0-py3-none-any.whl", content);
    built("first");
    const first = await make(one, file);
    assert.equal(await make(one, file), first);
    built("second");
    assert.notEqual(await make(one, file), first);
  });

  it("differs by what an included file or a constraint says", async () => {
    const one = python();
    const file = world.file("requirements.txt", "six\n-c limits.txt\n");
    world.file("limits.txt", "six<2");
    const first = await make(one, file);
    world.file("limits.txt", "six<3");
    assert.notEqual(await make(one, file), first);
  });

  it("holds the base set of the Spark and the Python", async () => {
    const sets: [string, number, string[]][] = [
      ["3.5.6", 11, ["numpy<2"]],
      ["3.5.6", 12, ["numpy<2", "setuptools<81"]],
      ["3.5.6", 13, ["numpy", "setuptools<81"]],
      ["4.0.2", 12, ["numpy"]],
    ];
    for (const [spark, minor, expected] of sets) {
      await make(python(venv(), "23.0", minor), undefined, spark);
      assert.deepEqual(installed, expected);
    }
  });

  it("lets the job's own numpy be, and adds nothing to a file with hashes", async () => {
    await make(python(), world.file("a.txt", "NumPy==2.1\n"));
    assert.deepEqual(installed, ["NumPy==2.1"]);
    await make(python(), world.file("b.txt", "six==1 --hash=sha256:00\n"));
    assert.deepEqual(installed, ["six==1 --hash=sha256:00"]);
  });

  it("uses the person's own as it is when the job names nothing", async () => {
    const own = { ...python(), own: "MAYFLY_PYTHON" };
    assert.equal(await make(own), own.path);
    assert.equal(await make(own, world.file("empty.txt", "\n")), own.path);
    assert.notEqual(await make(own, world.file("some.txt", "six")), own.path);
  });

  it("installs with the pip outside, or with one inside where that is too old", async () => {
    const one = python();
    const path = await make(one);
    const commands = world.started.map((line) => line.join(" ")).join("\n");
    assert.match(commands, new RegExp(`venv --without-pip .*\n.* -m pip --python ${path} install`));
    world.started.length = 0;
    const old = python((args, onLine) => {
      const result = venv()(args, onLine);
      world.program(join(args.at(-1)?.replace(`${world.top}/`, "") ?? "", "bin/python"), venv());
      return result;
    }, "21.2.4");
    await make(old, world.file("x.txt", "six"));
    const lines = world.started.map((line) => line.join(" "));
    assert.ok(lines.some((line) => /-m venv (?!--without)/.test(line)));
    assert.ok(lines.some((line) => /env-.*\/bin\/python -m pip install/.test(line)));
  });

  it("makes it again when it is damaged, or its Python is gone", async () => {
    const one = python();
    const first = await make(one);
    rmSync(first);
    const second = await make(one);
    assert.ok(existsSync(second));
    const folder = dirname(dirname(dirname(second)));
    writeFileSync(join(folder, "complete.json"), "{");
    assert.ok(existsSync(await make(one)));
    assert.equal(readdirSync(folder).filter((name) => name.startsWith("env-")).length, 1);
  });

  it("names the requirement that failed, quotes pip, and leaves no environment", async () => {
    const stderr =
      "ERROR: Could not find a version that satisfies the requirement nope==1 (from versions: none)\nERROR: No matching distribution found for nope==1\n\n[notice] a new release of pip\n";
    const one = python(venv(() => ({ code: 1, stdout: "Collecting nope==1\n", stderr })));
    const error = await refusal(make(one, world.file("r.txt", "nope==1")));
    assert.equal(error.code, "job-file");
    assert.match(
      error.message,
      /pip failed for "nope==1", making .* 1 requirement of .*r.txt:\n {2}Collecting[\s\S]*No matching distribution found for nope==1$/,
    );
    const log = /pip said: (.*)$/.exec(error.remedy ?? "")?.[1] ?? "";
    assert.match(readFileSync(log, "utf8"), /Collecting nope/);
    assert.deepEqual(readdirSync(dirname(log)), ["pip.log"]);
  });

  it("tells an absent network and a full disk from a wrong requirement", async () => {
    const offline = python(
      venv(() => ({
        code: 1,
        stderr:
          "Retrying: NewConnectionError: [Errno 111] Connection refused\nERROR: No matching distribution found for six",
      })),
    );
    const error = await refusal(make(offline));
    assert.equal(error.code, "offline");
    assert.match(error.message, /cannot reach the package index \(Connection refused\)/);
    const full = python(
      venv(() => ({ code: 1, stderr: "OSError: [Errno 28] No space left on device" })),
    );
    assert.equal((await refusal(make(full))).code, "disk-full");
  });

  it("says what to install where no environment can be made", async () => {
    const one = python(() => ({ code: 1, stdout: "ensurepip is not available" }), "");
    const error = await refusal(make(one));
    assert.equal(error.code, "missing");
    assert.match(error.message, /cannot make an environment:\n {2}ensurepip is not available/);
  });
});
