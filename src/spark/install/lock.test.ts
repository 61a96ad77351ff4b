import assert from "node:assert/strict";
import { after, it } from "node:test";
import { makeFolder } from "../../../test/support/cli.ts";
import { type Asked, readAsked } from "./asked.ts";
import { systemEffects } from "./effects.ts";
import { ensureEnvironment } from "./environment.ts";

const UV = `version = 1
revision = 3
requires-python = ">=3.9"
resolution-markers = ["python_full_version >= '3.11'", "python_full_version < '3.11'"]

[[package]]
name = "job"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "numpy", version = "2.0.2", source = { registry = "https://packages.example/simple" }, marker = "python_full_version < '3.11'" },
    { name = "numpy", version = "2.4.6", source = { registry = "https://packages.example/simple" }, marker = "python_full_version >= '3.11'" },
    { name = "requests", extra = ["socks"] },
    { name = "windows-only", marker = "sys_platform == 'win32'" },
    { name = "pyspark" },
    { name = "helper" },
    { name = "there" },
]

[package.dev-dependencies]
dev = [{ name = "pytest" }]

[[package]]
name = "numpy"
version = "2.0.2"
source = { registry = "https://packages.example/simple" }
resolution-markers = ["python_full_version < '3.11'"]
sdist = { url = "https://x/numpy-2.0.2.tar.gz", hash = "sha256:02", size = 1 }
wheels = [{ url = "https://x/numpy-2.0.2-cp39-cp39-manylinux_2_17_x86_64.whl", hash = "sha256:01", size = 1 }]

[[package]]
name = "numpy"
version = "2.4.6"
source = { registry = "https://packages.example/simple" }
resolution-markers = ["python_full_version >= '3.11'"]
wheels = [{ url = "https://x/numpy-2.4.6-cp311-cp311-manylinux_2_17_x86_64.whl", hash = "sha256:03", size = 1 }]

[[package]]
name = "requests"
version = "2.32.5"
source = { registry = "https://packages.example/simple" }
dependencies = [{ name = "idna" }]
wheels = [{ url = "https://x/requests-2.32.5-py3-none-any.whl", hash = "sha256:04", size = 1 }]

[package.optional-dependencies]
socks = [{ name = "pysocks" }]

[[package]]
name = "idna"
version = "3.20"
source = { registry = "https://packages.example/simple" }
wheels = [{ url = "https://x/idna-3.20-py3-none-any.whl", hash = "sha256:05", size = 1 }]

[[package]]
name = "pysocks"
version = "1.7.1"
source = { registry = "https://packages.example/simple" }
wheels = [{ url = "https://x/PySocks-1.7.1-py3-none-any.whl", hash = "sha256:06", size = 1 }]

[[package]]
name = "helper"
version = "0.2.0"
source = { directory = "lib" }

[[package]]
name = "there"
version = "1.0"
source = { git = "https://x/there.git?rev=main#0123456" }

[[package]]
name = "pyspark"
version = "3.5.6"
source = { registry = "https://packages.example/simple" }
dependencies = [{ name = "py4j" }]

[[package]]
name = "py4j"
version = "0.10.9.7"
source = { registry = "https://packages.example/simple" }
`;

const POETRY = `[[package]]
name = "numpy"
version = "2.0.2"
python-versions = ">=3.9"
files = [{ file = "numpy-2.0.2.whl", hash = "sha256:01" }]

[[package]]
name = "numpy"
version = "2.4.6"
python-versions = ">=3.11"
files = [{ file = "numpy-2.4.6.whl", hash = "sha256:03" }]

[[package]]
name = "requests"
version = "2.32.5"
python-versions = ">=3.9"
files = [{ file = "requests-2.32.5.whl", hash = "sha256:04" }]

[package.dependencies]
idna = ">=2.5,<4"
PySocks = { version = ">=1.5.6,!=1.5.7", optional = true, markers = "extra == \\"socks\\"" }
chardet = { version = ">=3", optional = true, markers = "extra == \\"chardet\\"" }

[package.extras]
socks = ["PySocks (>=1.5.6,!=1.5.7)"]
use-chardet = ["chardet (>=3)"]

[[package]]
name = "idna"
version = "3.20"
python-versions = ">=3.8"
files = [{ file = "idna-3.20.whl", hash = "sha256:05" }]

[[package]]
name = "PySocks"
version = "1.7.1"
python-versions = "*"
files = [{ file = "PySocks-1.7.1.whl", hash = "sha256:06" }]

[[package]]
name = "chardet"
version = "5.0"
python-versions = "*"
files = [{ file = "chardet-5.0.whl", hash = "sha256:07" }]

[[package]]
name = "windows-only"
version = "1.0"
python-versions = "*"
files = [{ file = "w.whl", hash = "sha256:08" }]

[[package]]
name = "helper"
version = "0.2.0"
python-versions = "*"
files = []

[package.source]
type = "directory"
url = "lib"

[metadata]
lock-version = "2.0"
python-versions = ">=3.9,<3.13"
content-hash = "0"
`;

const PROJECT = `[tool.poetry.dependencies]
python = ">=3.9,<3.13"
numpy = [{ version = "<2.1", python = "<3.11" }, { version = "^2.1", python = ">=3.11" }]
requests = { version = "^2.30", extras = ["socks"] }
windows-only = { version = "*", markers = "sys_platform == 'win32'" }
helper = { path = "lib" }
`;

const folder = makeFolder({
  "uv/uv.lock": UV,
  "poetry/poetry.lock": POETRY,
  "poetry/pyproject.toml": PROJECT,
  "old/uv.lock": "version = 7\n",
  "odd/poetry.lock": "this is [not TOML",
  "mine.lock": "",
});
after(() => folder.remove());

const on = (python: string) => ({
  python_version: python.replace(/\.\d+$/, ""),
  python_full_version: python,
  sys_platform: "linux",
  platform_machine: "aarch64",
});
const read = (lock: string, python = "3.9.16"): Promise<Asked> =>
  readAsked({ lock: `${folder.path}/${lock}` }, async () => "python3", on(python), systemEffects);

const LIB = `${folder.path}/LOCK/lib`;
const COMMON = [
  "helper",
  "idna==3.20 --hash=sha256:05",
  "numpy",
  "pysocks==1.7.1 --hash=sha256:06",
  "requests==2.32.5 --hash=sha256:04",
];
const expected = (lock: string, numpy: string) =>
  COMMON.map((line) =>
    line === "helper" ? LIB.replace("LOCK", lock) : line === "numpy" ? numpy : line,
  );

it("reads a uv.lock for the Python of the target, extras followed, Spark and groups left out", async () => {
  const nine = await read("uv/uv.lock");
  const there = "there @ git+https://x/there.git@0123456";
  assert.deepEqual(nine.lines, [
    ...expected("uv", "numpy==2.0.2 --hash=sha256:01 --hash=sha256:02"),
    there,
  ]);
  assert.ok(nine.pinned);
  assert.deepEqual(nine.notes, ["pyspark is left out of the packages: PySpark comes with Spark"]);
  const eleven = await read("uv/uv.lock", "3.11.6");
  assert.deepEqual(eleven.lines, [...expected("uv", "numpy==2.4.6 --hash=sha256:03"), there]);
});

it("reads a poetry.lock by what its pyproject.toml asks for", async () => {
  assert.deepEqual(
    (await read("poetry/poetry.lock")).lines,
    expected("poetry", "numpy==2.0.2 --hash=sha256:01"),
  );
  assert.deepEqual(
    (await read("poetry/poetry.lock", "3.11.6")).lines,
    expected("poetry", "numpy==2.4.6 --hash=sha256:03"),
  );
});

it("says which lock it cannot read, and how to make one that it can", async () => {
  await assert.rejects(
    read("old/uv.lock"),
    /cannot read the lock ".*old\/uv\.lock": it is a uv\.lock of version 7/,
  );
  await assert.rejects(read("odd/poetry.lock"), /cannot read the lock ".*odd\/poetry\.lock"/);
  await assert.rejects(read("mine.lock"), /its name is neither uv\.lock nor poetry\.lock/);
});

it("installs none of it on this machine where pip could not check all hashes", async () => {
  const python = { path: "python3", version: "3.11.6", minor: 11, own: undefined };
  const lock = `${folder.path}/uv/uv.lock`;
  await assert.rejects(
    ensureEnvironment({ python, spark: "3.5.6", lock }, () => {}, systemEffects),
    /cannot install from ".*uv\.lock" on this machine: ".*lib" has no hash/,
  );
});
