import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { makeTestWorld } from "../../../test/install-world.ts";
import { ensureJava, parseMajor } from "./java.ts";

let world: ReturnType<typeof makeTestWorld>;
beforeEach(() => {
  world = makeTestWorld();
});
afterEach(() => world.end());

/** A Java home; with no release file, the program itself has to be asked. */
function java(name: string, version: string, release = true): string {
  const home = join(world.top, name);
  world.program(`${name}/bin/java`, () => ({
    stderr: `Property settings:\n    java.home = ${home}\n    java.version = ${version}\n`,
  }));
  if (release) world.file(`${name}/release`, `IMPLEMENTOR="x"\nJAVA_VERSION="${version}"\n`);
  return home;
}

const FETCHED = "a Java was fetched";
const find = (spark = "3.5.6") =>
  ensureJava(
    spark,
    async () => {
      throw new Error(FETCHED);
    },
    world.tell,
    world.effects,
  );
const fetches = (spark?: string) => assert.rejects(find(spark), new RegExp(FETCHED));

describe("ensureJava", () => {
  it("takes JAVA_HOME when the Spark runs on it, without starting a JVM", async () => {
    world.env.JAVA_HOME = java("jdk", "17.0.15");
    assert.equal(await find(), world.env.JAVA_HOME);
    world.env.JAVA_HOME = java("jdk8", "1.8.0_362");
    assert.equal(await find(), world.env.JAVA_HOME);
    assert.deepEqual([world.started, world.notes()], [[], []]);
  });

  it("finds the home behind the links of the PATH", async () => {
    const home = java("jvm/java-11", "11.0.2");
    world.file("bin/other");
    symlinkSync(join(home, "bin/java"), join(world.top, "link"));
    symlinkSync("../link", join(world.top, "bin/java"));
    assert.equal(await find("3.4.4"), home);
  });

  it("asks a shim where its Java lives", async () => {
    const home = java("real", "17.0.1", false);
    world.program("java", () => ({ stderr: `    java.home = ${home}\n` }));
    assert.equal(await find(), home);
  });

  it("passes over what does not fit, says why, and fetches", async () => {
    world.env.JAVA_HOME = java("jdk21", "21.0.1");
    symlinkSync(join(java("jdk7", "1.7.0_80"), "bin/java"), join(world.file("bin/x"), "../java"));
    await fetches();
    assert.match(
      world.notes()[0] ?? "",
      /^JAVA_HOME=.*jdk21 is passed over: it is Java 21, and Spark 3.5.6 runs on Java 8, 11 or 17$/,
    );
    assert.match(world.notes()[1] ?? "", /^java on the PATH .* is passed over: it is Java 7/);
    assert.equal(await find("4.0.2"), world.env.JAVA_HOME);
  });

  it("says so when JAVA_HOME holds no Java", async () => {
    world.env.JAVA_HOME = join(world.top, "nothing");
    await fetches();
    assert.match(world.notes()[0] ?? "", /nothing is passed over: there is no Java in it/);
  });

  it("fetches where there is none", async () => {
    await fetches();
    assert.deepEqual(world.notes().slice(1), []);
  });

  it("asks macOS for a Java, and never its stub", async () => {
    world.effects.platform = "darwin";
    const home = java("Library/Java", "17.0.9");
    const { exec } = world.effects;
    world.effects.exec = async (command, args, options) =>
      command === "/usr/libexec/java_home"
        ? { code: args.includes("17") ? 0 : 1, stdout: `${home}\n`, stderr: "" }
        : exec(command, args, options);
    assert.equal(await find(), home);
  });
});

it("reads old and new version numbers", () => {
  assert.deepEqual(["17.0.15", "1.8.0_362", "21", "25-ea", "", "x"].map(parseMajor), [
    17,
    8,
    21,
    25,
    undefined,
    undefined,
  ]);
});
