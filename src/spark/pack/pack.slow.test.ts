import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, it } from "node:test";
import { makeFolder } from "../../../test/support/cli.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { makeWheel } from "../../../test/support/wheels.ts";
import { MayflyError } from "../../base/errors.ts";
import { type Effects, systemEffects } from "../install/effects.ts";
import { type Pack, type PackWish, packFor } from "./pack.ts";
import type { Platform } from "./platform.ts";

/** The person's own pip against an index that is a folder, for machines that are not this one. */
const folder = makeFolder();
after(() => folder.remove());
const index = join(folder.path, "index");
const effects = (cache = "cache") => ({
  ...systemEffects,
  env: {
    ...process.env,
    MAYFLY_CACHE: join(folder.path, cache),
    PIP_NO_INDEX: "1",
    PIP_FIND_LINKS: index,
    PIP_CONFIG_FILE: "/dev/null",
  },
});
const NINE: Platform = { arch: "x86_64", glibc: "2.34", python: "3.9.16" };
const ARM: Platform = { arch: "aarch64", glibc: "2.26", python: "3.7.10" };

makeWheel(index, { name: "plain", requires: ["old_only; python_version < '3.10'"] });
makeWheel(index, { name: "old_only" });
makeWheel(index, { name: "other_system" });
for (const tags of ["cp39-cp39-manylinux_2_28_x86_64", "cp37-cp37m-manylinux2014_aarch64"])
  makeWheel(index, { name: "native", tags, files: { "native/made.py": `tags = "${tags}"` } });
for (const tags of ["cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-macosx_11_0_arm64"])
  makeWheel(index, { name: "native", version: "2.0", tags });
makeWheel(index, { name: "newest_library", tags: "cp39-cp39-manylinux_2_39_x86_64" });
makeWheel(index, { name: "wants_two", requires: ["native>=2"] });
writeFileSync(join(index, "source_only-1.5.tar.gz"), "never opened");

async function packed(platform: Platform, wish: PackWish, how: Effects): Promise<Pack> {
  const made = await packFor(platform, wish, () => {}, how);
  assert.ok(made);
  return made;
}

let count = 0;
async function pack(
  lines: string,
  platform = NINE,
  wish: Partial<PackWish> = {},
  cache?: string,
  env: NodeJS.ProcessEnv = {},
) {
  const requirements = join(folder.path, `r${++count}.txt`);
  writeFileSync(requirements, `${lines}\n`);
  return packed(
    platform,
    { requirements, spark: "3.5.6", bare: false, ...wish },
    { ...effects(cache), env: { ...effects(cache).env, ...env } },
  );
}

const inside = (file: string) =>
  execFileSync("tar", ["-tvzf", file], { encoding: "utf8" }).trim().split("\n");
const names = (wheels: string[]) => wheels.map((one) => one.split("-")[0]);

async function refused(
  lines: string,
  platform = NINE,
  env: NodeJS.ProcessEnv = {},
): Promise<MayflyError> {
  try {
    await pack(lines, platform, {}, "cache", env);
  } catch (error) {
    assert.ok(error instanceof MayflyError, String(error));
    return error;
  }
  throw new Error(`${lines} was packed`);
}

it("takes the wheels of the target, and evaluates markers for it", async () => {
  const lines =
    "plain\nnative\nother_system; sys_platform == 'win32'\nold_only; platform_machine == 'aarch64'";
  const [nine, arm] = [await pack(lines), await pack(lines, ARM)];
  assert.deepEqual(nine.wheels, [
    "native-1.0-cp39-cp39-manylinux_2_28_x86_64.whl",
    "old_only-1.0-py3-none-any.whl",
    "plain-1.0-py3-none-any.whl",
  ]);
  assert.equal(arm.wheels[0], "native-1.0-cp37-cp37m-manylinux2014_aarch64.whl");
  const eleven = await pack("plain", { ...NINE, python: "3.11.6" });
  assert.deepEqual(names(eleven.wheels), ["plain"]);
  assert.notEqual(nine.hash, arm.hash);
  const nothing = join(folder.path, "nothing.txt");
  writeFileSync(nothing, "# PySpark comes with Spark\npyspark==3.5.6\n");
  const wish = { requirements: nothing, spark: "3.5.6", bare: false };
  assert.equal(await packFor(NINE, wish, () => {}, effects()), undefined);
});

it("makes the same bytes of the same wheels: files alone, sorted, at one time, with programs that find their Python", async () => {
  const files = {
    "tool/__init__.py": "def main():\n    print('ran')\n",
    "tool-1.0.dist-info/entry_points.txt": "[console_scripts]\ntool = tool:main\n",
    "tool-1.0.data/scripts/older": "#!python\nprint('older')\n",
    "tool-1.0.data/purelib/beside.py": "x = 1\n",
  };
  const wheel = makeWheel(join(folder.path, "own"), { name: "tool", files });
  const [one, two] = [
    await pack(`${wheel}\nold_only`),
    await pack(`${wheel}\nold_only`, NINE, {}, "other"),
  ];
  assert.notEqual(one.file, two.file);
  assert.deepEqual(readFileSync(one.file), readFileSync(two.file));
  const entries = inside(one.file);
  assert.ok(
    entries.every((line) => line.startsWith("-rw-r--r-- 0/0") || line.startsWith("-rwxr-xr-x 0/0")),
    entries.join("\n"),
  );
  const paths = entries.map((line) => line.split(" ").at(-1) ?? "");
  assert.deepEqual(paths, [...paths].sort());
  assert.ok(
    ["bin/tool", "bin/older", "beside.py", "tool/__init__.py"].every((name) =>
      paths.includes(name),
    ),
  );
  const to = join(folder.path, "elsewhere");
  execFileSync("sh", ["-c", `mkdir "$1" && tar -xzf "$0" -C "$1"`, one.file, to]);
  const ran = (name: string) =>
    execFileSync(join(to, "bin", name), {
      encoding: "utf8",
      env: { ...process.env, PYTHONPATH: to },
    });
  assert.deepEqual([ran("tool"), ran("older")], ["ran\n", "older\n"]);
});

it("is not made twice, but anew for a wheel of the same name with something else in it", async () => {
  const own = join(folder.path, "again");
  const wheel = makeWheel(own, { name: "mine", files: { "mine.py": "x = 1" } });
  const first = await pack(wheel);
  assert.deepEqual(await pack(wheel), first);
  makeWheel(own, { name: "mine", files: { "mine.py": "x = 2" } });
  assert.notEqual((await pack(wheel)).hash, first.hash);
});

it("takes what Spark is written for, and brings what a bare Python has not", async () => {
  for (const version of ["1.26.4", "2.4.0"]) makeWheel(index, { name: "numpy", version });
  makeWheel(index, { name: "uses_numpy", requires: ["numpy"] });
  const numpyOf = async (lines: string, wish: Partial<PackWish> = {}) =>
    (await pack(lines, NINE, wish)).wheels.filter((one) => one.startsWith("numpy"));
  assert.deepEqual(await numpyOf("uses_numpy"), ["numpy-1.26.4-py3-none-any.whl"]);
  assert.deepEqual(await numpyOf("uses_numpy\nnumpy>=2"), ["numpy-2.4.0-py3-none-any.whl"]);
  assert.deepEqual(await numpyOf("old_only"), []);
  assert.deepEqual(await numpyOf("old_only", { bare: true }), ["numpy-1.26.4-py3-none-any.whl"]);
});

it("names the package that has no wheel, what there is of it, and what to do", async () => {
  const native = await refused("old_only\nwants_two");
  assert.match(
    native.message,
    /native[^:]*: native 2\.0 has no wheel for it, but for cp311-cp311-manylinux_2_17_x86_64, cp311-cp311-macosx_11_0_arm64$/,
  );
  assert.match(
    native.remedy ?? "",
    /another version of native.*python: "3\.11".*pip wheel --no-deps native==2\.0/,
  );
  assert.match(
    (await refused("newest_library")).message,
    /newest_library 1\.0 has no wheel for it, but for cp39-cp39-manylinux_2_39_x86_64/,
  );
  assert.match(
    (await refused("native==1.0", { ...NINE, arch: "aarch64" })).message,
    /Linux aarch64.*native 1\.0 has no wheel/,
  );
  const source = await refused("source_only");
  assert.match(source.message, /source_only 1\.5 is there as source only, which has to be built/);
  assert.match((await refused("nowhere_to_be_found")).message, /no index that pip asks has it/);
  assert.match((await refused("native==7")).message, /the newest there are 1\.0, 2\.0/);
  assert.match(
    (await refused("native==1.0\nwants_two")).message,
    /contradict each other:[\s\S]*native==1\.0[\s\S]*native>=2/,
  );
  const away = { PIP_NO_INDEX: "", PIP_RETRIES: "0", PIP_INDEX_URL: "http://127.0.0.1:1/simple" };
  const offline = await refused("old_only\nnowhere_to_be_found", NINE, away);
  assert.equal(offline.code, "offline");
  assert.match(offline.message, /cannot reach the package index for "nowhere_to_be_found"/);
  const hash = await refused(`old_only==1.0 --hash=sha256:${"0".repeat(64)}`);
  assert.equal(hash.code, "damaged");
  const wheel = join(index, "native-2.0-cp311-cp311-macosx_11_0_arm64.whl");
  assert.match((await refused(wheel)).message, /runs on cp311-cp311-macosx_11_0_arm64 only/);
});

it("builds a folder for what runs anywhere, and says so of one that does not", async () => {
  const backend = (tag: string) => `import os, zipfile
def build_wheel(to, settings=None, metadata=None):
    name = "local-0.1-${tag}.whl"
    with zipfile.ZipFile(os.path.join(to, name), "w") as wheel:
        wheel.writestr("local.py", open("local.py").read())
        wheel.writestr("local-0.1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: local\\nVersion: 0.1\\n")
        wheel.writestr("local-0.1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: ${tag}\\n")
        wheel.writestr("local-0.1.dist-info/RECORD", "")
    return name
`;
  const file = (name: string, text: string) => {
    mkdirSync(dirname(join(folder.path, name)), { recursive: true });
    writeFileSync(join(folder.path, name), text);
  };
  file(
    "local/pyproject.toml",
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  );
  file("local/local.py", "x = 1\n");
  file("local/backend.py", backend("py3-none-any"));
  const path = join(folder.path, "local");
  const built = await pack(`-e ${path}\n${path} ; python_version < '3'`);
  assert.deepEqual(names(built.wheels), ["local"]);
  assert.ok(inside(built.file).some((line) => line.endsWith(" local.py")));
  file("local/backend.py", backend("cp39-cp39-macosx_11_0_arm64"));
  assert.match(
    (await refused(path)).message,
    /was built into local-0\.1-cp39-cp39-macosx_11_0_arm64\.whl, which runs on/,
  );
  file("local/backend.py", "raise RuntimeError('cannot build')\n");
  assert.match((await refused(path)).message, /pip cannot build "[^"]*local":[\s\S]*cannot build/);
});

it("two at once are one, and one that is killed leaves nothing half made", async () => {
  const wheel = makeWheel(join(folder.path, "race"), { name: "race" });
  const [one, two] = await Promise.all([
    pack(wheel, NINE, {}, "race-cache"),
    pack(wheel, NINE, {}, "race-cache"),
  ]);
  assert.deepEqual(one, two);
  const requirements = join(folder.path, "killed.txt");
  writeFileSync(requirements, "old_only\n");
  const cache = join(folder.path, "killed-cache");
  const program = `import { packFor } from ${JSON.stringify(join(import.meta.dirname, "pack.ts"))};
import { type Effects, systemEffects } from ${JSON.stringify(join(import.meta.dirname, "../install/effects.ts"))};
await packFor(${JSON.stringify(NINE)}, ${JSON.stringify({ requirements, spark: "3.5.6", bare: false })}, () => {}, systemEffects);`;
  const child = spawn(
    process.execPath,
    ["--no-warnings", "--input-type=module-typescript", "-e", program],
    {
      env: effects("killed-cache").env,
      stdio: "ignore",
    },
  );
  const python = join(cache, "python");
  const listed = () => {
    try {
      return readdirSync(python, { recursive: true }) as string[];
    } catch {
      return [];
    }
  };
  await eventually(
    "it begins",
    async () => listed().some((name) => name.endsWith("wish.json")) || undefined,
  );
  child.kill("SIGKILL");
  await new Promise((done) => child.on("close", done));
  assert.ok(!listed().some((name) => name.endsWith("complete.json")));
  const whole = await packed(
    NINE,
    { requirements, spark: "3.5.6", bare: false },
    effects("killed-cache"),
  );
  assert.deepEqual(names(whole.wheels), ["old_only"]);
  assert.deepEqual(
    readdirSync(dirname(whole.file)).sort(),
    ["complete.json", whole.file.split("/").at(-1), "pip.log"].sort(),
  );
  rmSync(index, { recursive: true, force: true });
  const again = await packed(
    NINE,
    { requirements, spark: "3.5.6", bare: false },
    effects("killed-cache"),
  );
  assert.deepEqual(again, whole);
});
