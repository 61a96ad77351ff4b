import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { fakePython, makeTestWorld } from "../../test/install-world.ts";
import { ensureRuntime, type RuntimeWish } from "./runtime.ts";

let world: ReturnType<typeof makeTestWorld>;
let javaHome = "";
/** What was fetched, by name and version. */
let fetched: string[] = [];

beforeEach(() => {
  world = makeTestWorld();
  fetched = [];
  const path = join(world.top, "bin/python3");
  world.program(
    "python3",
    fakePython("3.11.2", path, "23.0", (args, onLine) => {
      if (args[1] === "venv") {
        mkdirSync(join(args.at(-1) ?? "", "bin"), { recursive: true });
        writeFileSync(join(args.at(-1) ?? "", "bin/python"), "");
      }
      if (args[1] === "get") {
        const version = args[3]?.slice(2) ?? "";
        fetched.push(`${args[2]} ${version}`);
        spark(`${args[args.indexOf("--to") + 1]}`.replace(`${world.top}/`, ""), version);
        onLine(JSON.stringify({ kind: "done", version, file: "", sha256: "" }));
      }
      return {};
    }),
  );
  javaHome = join(world.top, "jdk");
  world.program("jdk/bin/java", () => ({}));
  world.file("jdk/release", 'JAVA_VERSION="17.0.1"\n');
  world.env.JAVA_HOME = javaHome;
});
afterEach(() => world.end());

function spark(folder: string, version: string, scala = "2.12"): string {
  world.file(`${folder}/jars/spark-core_${scala}-${version}.jar`);
  world.file(`${folder}/jars/hadoop-client-api-3.3.9.jar`);
  world.file(`${folder}/bin/spark-submit`);
  world.file(`${folder}/python/pyspark/__init__.py`);
  world.file(`${folder}/python/lib/py4j-0.10.9.7-src.zip`);
  return join(world.top, folder);
}

const ensure = (wish: Partial<RuntimeWish> = {}) =>
  ensureRuntime({ needs: { java: true }, ...wish }, world.tell, world.effects);

describe("ensureRuntime", () => {
  it("fetches the default Spark and says what it is made of", async () => {
    const runtime = await ensure();
    const home = join(world.cache, "spark/3.5.6");
    const { python, ...rest } = runtime;
    assert.deepEqual(rest, {
      spark: "3.5.6",
      sparkHome: home,
      hadoop: "3.3.9",
      scala: "2.12",
      javaHome,
      pythonPath: [join(home, "python"), join(home, "python/lib/py4j-0.10.9.7-src.zip")],
    });
    assert.ok(existsSync(python));
    assert.deepEqual(fetched, ["pyspark 3.5.6"]);
    await ensure();
    assert.equal(fetched.length, 1);
  });

  it("takes the version of the release", async () => {
    assert.equal((await ensure({ release: "emr-6.12.0" })).spark, "3.4.0");
    assert.equal((await ensure({ release: "emr-5.28.0" })).spark, "3.4.4");
    assert.deepEqual(fetched, ["pyspark 3.4.0", "pyspark 3.4.4"]);
  });

  it("uses SPARK_HOME when the job asks for nothing else", async () => {
    world.env.SPARK_HOME = spark("own", "3.5.1", "2.13");
    for (const wish of [{}, { spark: "3.5" }, { spark: "3" }, { release: "emr-7.2.0" }]) {
      const runtime = await ensure(wish);
      assert.deepEqual(
        [runtime.sparkHome, runtime.spark, runtime.scala],
        [world.env.SPARK_HOME, "3.5.1", "2.13"],
      );
    }
    assert.deepEqual(fetched, []);
  });

  it("passes SPARK_HOME over, and says so, when the job asks for another version", async () => {
    world.env.SPARK_HOME = spark("own", "3.5.1-amzn-0");
    const runtime = await ensure({ release: "emr-7.12.0" });
    assert.equal(runtime.spark, "3.5.6");
    assert.match(
      world.notes()[0] ?? "",
      /SPARK_HOME .* is Spark 3.5.1 and is passed over: the job asks for emr-7.12.0/,
    );
  });

  it("says so when SPARK_HOME holds no Spark", async () => {
    world.env.SPARK_HOME = join(world.top, "nothing");
    await assert.rejects(ensure(), /SPARK_HOME is ".*nothing", and there is no Spark in it/);
  });

  it("fetches neither Spark nor Java for plain Python", async () => {
    const runtime = await ensure({ needs: { java: false } });
    assert.deepEqual([runtime.sparkHome, runtime.javaHome, runtime.pythonPath], ["", "", []]);
    assert.ok(existsSync(runtime.python));
    assert.deepEqual(fetched, []);
  });

  it("gives the job's requirements an environment of their own", async () => {
    const base = await ensure();
    const own = await ensure({ requirements: world.file("requirements.txt", "six\n") });
    assert.notEqual(own.python, base.python);
    assert.match(
      readFileSync(join(own.python, "../../requirements.txt"), "utf8"),
      /^six\nnumpy<2\n$/,
    );
  });
});
