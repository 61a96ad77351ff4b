import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { makeTestWorld, type Program } from "../../../test/install-world.ts";
import { MayflyError } from "../../base/errors.ts";
import { fetchPackage } from "./fetch.ts";
import { JRE, type Package, sparkPackage } from "./packages.ts";

let world: ReturnType<typeof makeTestWorld>;
beforeEach(() => {
  world = makeTestWorld();
});
afterEach(() => world.end());

const FILES = [
  "bin/spark-submit",
  "jars/spark-core.jar",
  "python/lib/py4j.zip",
  "python/pyspark/x.py",
];

/** What python/fetch.py does to the folders that it is given. */
const unpack: Program = (args, onLine) => {
  const to = args[args.indexOf("--to") + 1] ?? "";
  for (const file of FILES) {
    mkdirSync(join(to, file, ".."), { recursive: true });
    writeFileSync(join(to, file), file);
  }
  onLine('{"kind":"progress","name":"p","phase":"download","bytes":5,"total":10}');
  onLine("a warning that is no JSON");
  onLine('{"kind":"progress","name":"p","phase":"unpack","bytes":10,"total":10}');
  onLine('{"kind":"done","version":"3.5.6","file":"f","sha256":"abc"}');
  return {};
};
const failing =
  (code: string, message: string): Program =>
  (_, onLine) => {
    onLine(JSON.stringify({ kind: "error", code, message }));
    return { code: 1 };
  };
const SPARK = sparkPackage("3.5.6");

function get(behave: Program, wanted: Package = SPARK): Promise<string> {
  const python = world.program("python3", behave);
  return fetchPackage(wanted, async () => python, world.tell, world.effects);
}

async function refusal(work: Promise<unknown>): Promise<MayflyError> {
  const error = await work.then(
    () => assert.fail("it was done"),
    (caught) => caught,
  );
  assert.ok(error instanceof MayflyError, String(error));
  return error;
}

describe("fetchPackage", () => {
  it("unpacks beside its place, moves it there whole, and tells how far it is", async () => {
    const home = await get(unpack);
    assert.equal(home, join(world.cache, "spark/3.5.6"));
    assert.deepEqual(readdirSync(join(world.cache, "spark")), ["3.5.6"]);
    assert.deepEqual(world.news.slice(1), [
      { kind: "progress", what: "Spark 3.5.6", bytes: 5, total: 10 },
      { kind: "progress", what: "unpacking Spark 3.5.6", bytes: 10, total: 10 },
    ]);
    assert.match(world.notes()[0] ?? "", /fetching Spark 3.5.6 \(about 320 MB, once\)/);
    const [, ...args] = world.started[0] ?? [];
    assert.deepEqual(args.slice(1, 4), ["get", "pyspark", "==3.5.6"]);
    assert.deepEqual(args.slice(-2), ["--as", "spark"]);
  });

  it("starts nothing when it is there", async () => {
    await get(unpack);
    const nothing = async () => assert.fail("no Python is needed");
    await fetchPackage(SPARK, nothing, world.tell, world.effects);
    assert.equal(world.started.length, 1);
  });

  for (const [what, damage, said] of [
    ["without a marker", (home: string) => rmSync(join(home, ".complete")), /not complete/],
    [
      "with a marker cut off",
      (home: string) => writeFileSync(join(home, ".complete"), "{"),
      /cannot be read/,
    ],
    [
      "with a marker of nonsense",
      (home: string) => writeFileSync(join(home, ".complete"), "7"),
      /cannot be read/,
    ],
    [
      "without a jar",
      (home: string) => rmSync(join(home, "jars/spark-core.jar")),
      /jars\/spark-core.jar is missing/,
    ],
    [
      "with half a file",
      (home: string) => writeFileSync(join(home, "python/lib/py4j.zip"), ""),
      /has 0 bytes instead of 19/,
    ],
  ] as const) {
    it(`fetches again what is damaged: ${what}`, async () => {
      const home = await get(unpack);
      damage(home);
      await get(unpack);
      assert.equal(world.started.length, 2);
      const note = world.notes().find((text) => text.includes("damaged"));
      assert.match(note ?? "", said);
      assert.ok(existsSync(join(home, "jars/spark-core.jar")));
    });
  }

  it("removes what one that was killed left half unpacked", async () => {
    world.file("cache/spark/.3.5.6.new/half");
    const home = await get(unpack);
    assert.equal(existsSync(join(home, "half")), false);
  });

  it("keeps the part of a download that failed, and removes it after one that went well", async () => {
    const part = world.file("cache/spark/.3.5.6.parts/abc.part");
    await refusal(get(failing("offline", "Connection refused")));
    assert.ok(existsSync(part));
    await get(unpack);
    assert.equal(existsSync(part), false);
  });

  it("is fetched once when two ask for it, and the second says whom it waits for", async () => {
    const slowly: Program = async (...all) => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      return unpack(...all);
    };
    const homes = await Promise.all([get(slowly), get(slowly)]);
    assert.equal(homes[0], homes[1]);
    assert.equal(world.started.length, 1);
    assert.ok(
      world.notes().includes(`waiting for process ${process.pid}, which is fetching Spark 3.5.6`),
    );
  });

  it("says how much space is needed before it begins, less what a part has already", async () => {
    world.effects.freeSpace = () => 500e6;
    const error = await refusal(get(unpack));
    assert.equal(error.code, "disk-full");
    assert.match(error.message, /Spark 3.5.6: it needs 700 MB, and ".*spark" has 500 MB free/);
    assert.equal(world.started.length, 0);
    world.file("cache/spark/.3.5.6.parts/abc.part", "x".repeat(1000));
    world.effects.freeSpace = () => 700e6 - 1000;
    await get(unpack);
  });

  for (const [code, message, expected, text, remedy] of [
    [
      "offline",
      "[Errno 111] Connection refused",
      "offline",
      /cannot fetch Spark 3.5.6 .*Connection refused/,
      /connect once.*PIP_INDEX_URL.*SPARK_HOME/,
    ],
    [
      "not-found",
      "the newest there are 3.5.5, 3.5.6",
      "not-found",
      /no such version; the newest there are 3.5.5/,
      /SPARK_HOME/,
    ],
    ["checksum", "has the sha256 a", "damaged", /damaged, twice/, /run it again/],
    ["disk-full", "No space left", "disk-full", /No space left/, /MAYFLY_CACHE/],
    ["no-pip", "python3 has no pip", "missing", /has no pip/, /install it/],
    ["other", "[Errno 13] Permission denied: '/x'", "permission", /Errno 13/, /./],
    ["other", "ValueError: x", "bug", /ValueError/, /./],
  ] as const) {
    it(`${code} (${message}) is ${expected}`, async () => {
      const error = await refusal(get(failing(code, message)));
      assert.equal(error.code, expected);
      assert.match(error.message, text);
      assert.match(error.remedy ?? "", remedy);
      assert.equal(existsSync(join(world.cache, "spark/3.5.6")), false);
    });
  }

  it("quotes what was said by one that crashed", async () => {
    const error = await refusal(get(() => ({ code: 1, stderr: "Traceback\nSyntaxError: x" })));
    assert.match(error.message, /SyntaxError: x/);
  });

  it("says to install Java where there is none to fetch", async () => {
    const error = await refusal(get(failing("not-found", "none is there for this machine"), JRE));
    assert.equal(error.code, "missing");
    assert.match(error.remedy ?? "", /install Java 17 and set JAVA_HOME/);
  });

  it("says so when the cache cannot be written", async () => {
    world.file("cache/spark", "a file where a folder should be");
    const error = await refusal(get(unpack));
    assert.match(error.message, /cannot fetch Spark 3.5.6/);
  });
});
