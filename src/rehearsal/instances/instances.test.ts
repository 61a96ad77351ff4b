import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { InstanceWish } from "../instances.ts";
import { watchDisk } from "./disk.ts";
import { clusterSettings, environmentFile } from "./inside/classifications.ts";
import { siteFile } from "./inside/configuration.ts";
import { instanceEnvironment } from "./inside/environment.ts";
import { inRoot } from "./inside/files.ts";
import { standIns } from "./inside/standins.ts";
import { plainPrograms } from "./plain-programs.ts";
import { callFilter } from "./seccomp.ts";
import { type Software, STANDINS } from "./software.ts";

test("every stand-in is there, and can be run by its first line", () => {
  for (const [name, script] of standIns()) {
    const path = join(STANDINS, "bin", script);
    accessSync(path, constants.X_OK);
    assert.match(readFileSync(path, "utf8"), /^#!\/(bin\/sh|usr\/(local\/)?bin\/python3)\n/, name);
  }
});

/** Runs the filter as the kernel does. */
function verdict(filter: Buffer, arch: number, call: number, flags = 0): number {
  const data = new Map([
    [0, call],
    [4, arch],
    [16, flags],
  ]);
  let held = 0;
  for (let i = 0; i * 8 < filter.length; i++) {
    const at = i * 8;
    const value = filter.readUInt32LE(at + 4);
    const jump = (is: boolean) => {
      i += filter.readUInt8(at + (is ? 2 : 3));
    };
    switch (filter.readUInt16LE(at)) {
      case 0x20:
        held = data.get(value) ?? 0;
        break;
      case 0x15:
        jump(held === value);
        break;
      case 0x35:
        jump(held >= value);
        break;
      case 0x45:
        jump((held & value) !== 0);
        break;
      case 0x06:
        return value;
    }
  }
  throw new Error("it has no end");
}

const ALLOWED = 0x7fff0000;
const error = (number: number) => 0x00050000 | number;
const ARCHES = [
  {
    arch: "x64",
    id: 0xc000003e,
    read: 0,
    clone: 56,
    fallocate: 285,
    unshare: 272,
    other: 0x40000003,
  },
  {
    arch: "arm64",
    id: 0xc00000b7,
    read: 63,
    clone: 220,
    fallocate: 47,
    unshare: 97,
    other: undefined,
  },
];
for (const { arch, id, read, clone, fallocate, unshare, other } of ARCHES) {
  test(`calls on ${arch}: a new user namespace is refused, threads and files are not`, () => {
    const filter = callFilter(arch) ?? assert.fail();
    assert.equal(verdict(filter, id, read), ALLOWED);
    assert.equal(verdict(filter, id, clone, 0x3d0f00), ALLOWED); // as pthread_create asks
    assert.equal(verdict(filter, id, clone, 0x10000011), error(1));
    assert.equal(verdict(filter, id, unshare), error(1));
    assert.equal(verdict(filter, id, fallocate), error(95));
    assert.equal(verdict(filter, id, 435), error(38));
    assert.equal(verdict(filter, 0x40000003, read), error(38)); // the calls of a 32-bit program
    if (other) assert.equal(verdict(filter, id, other), error(38));
  });
}

test("a processor whose calls are not known has no filter", () => {
  assert.equal(callFilter("riscv64"), undefined);
});

test("settings may hold what XML is made of", () => {
  assert.match(siteFile({ "a<b": "1&2>3" }), /<name>a&lt;b<\/name><value>1&amp;2&gt;3<\/value>/);
});

test("an interpreter below /usr is found beyond the links, another where it lies", () => {
  assert.equal(inRoot("/usr/bin/python3.11"), "/system/usr/bin/python3.11");
  assert.equal(inRoot("/opt/python/bin/python3"), "/opt/python/bin/python3");
});

test("the way to the network is passed on, a password on it and what is the person's are not", () => {
  const wish = { aws: { AWS_REGION: "eu-west-3" } } as unknown as InstanceWish;
  const env = instanceEnvironment(wish, {
    HTTPS_PROXY: "http://proxy:3128",
    http_proxy: "http://me:secret@proxy:3128",
    PIP_INDEX_URL: "https://token@index/simple",
    PIP_CERT: "/home/person/cert.pem",
    AWS_SECRET_ACCESS_KEY: "the person's",
    GITHUB_TOKEN: "the person's",
  });
  assert.equal(env.HTTPS_PROXY, "http://proxy:3128");
  assert.equal(env.AWS_REGION, "eu-west-3");
  assert.doesNotMatch(JSON.stringify(env), /secret|token|person/);
});

test("an instance whose folders hold too much is ended", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-disk-"));
  let asked: readonly string[] = [];
  const why = await new Promise<string>((full) => {
    const stop = watchDisk(
      [folder, folder],
      100e6,
      (text) => {
        stop();
        full(text);
      },
      async (_, args) => {
        asked = args;
        return { code: 0, stdout: `70000\t${folder}\n50000\t${folder}\n`, stderr: "" };
      },
      10,
    );
  });
  assert.deepEqual(asked, ["-sk", folder, folder]);
  assert.match(why, /^its disk is full: it holds .*, and 100 MB is its size$/);
  rmSync(folder, { recursive: true });
});

test("a cluster's own settings are taken, but for what makes it work here", () => {
  const found = clusterSettings([
    {
      Classification: "spark-defaults",
      Properties: { "spark.master": "yarn", "spark.sql.shuffle.partitions": "3" },
    },
    {
      Classification: "core-site",
      Properties: { "fs.defaultFS": "hdfs://x", "io.file.buffer.size": "4096" },
    },
    { Classification: "hive-site", Properties: { a: "b" } },
    {
      Classification: "spark-env",
      Configurations: [{ Classification: "export", Properties: { A: 'x "$HOME"', "B C": "" } }],
    },
  ]);
  assert.deepEqual(found.spark, { "spark.sql.shuffle.partitions": "3" });
  assert.deepEqual(found.hadoop, { "io.file.buffer.size": "4096" });
  assert.equal(environmentFile(found.environment), 'export A="x \\"$HOME\\""\n');
});

test("without walls spark-submit leaves out what names a cluster, and nothing of the program's own", () => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-plain-"));
  const sparkHome = join(folder, "it's spark");
  mkdirSync(join(sparkHome, "bin"), { recursive: true });
  const real = join(sparkHome, "bin/spark-submit");
  writeFileSync(real, "#!/bin/sh\nprintf '<%s>' \"$@\"\n", { mode: 0o755 });
  const software = { python: { path: "python3" }, awscli: "", spark: { runtime: { sparkHome } } };
  const bin = plainPrograms(join(folder, "bin"), software as unknown as Software);
  const given =
    "--master yarn --jars a.jar --deploy-mode=cluster --conf a=b --verbose x.py --master mine";
  const said = spawnSync(join(bin, "spark-submit"), [...given.split(" "), "two words"]);
  const driver = spawnSync(join(bin, "emr-serverless-driver"), [...given.split(" "), "two words"]);
  assert.equal(driver.stdout.toString(), said.stdout.toString());
  assert.equal(
    said.stdout.toString(),
    "<--jars><a.jar><--conf><a=b><--verbose><x.py><--master><mine><two words>",
  );
  rmSync(folder, { recursive: true });
});
