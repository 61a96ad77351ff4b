import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readJar, writeJar } from "../java/jar.ts";
import { hashSources, readMaking } from "../java/manifest.ts";

const folder = join(import.meta.dirname, "..", "java");
const jar = readFileSync(join(folder, "mayfly.jar"));

test("mayfly.jar was built from the sources beside it", () => {
  const { javac, sources } = readMaking(jar);
  assert.match(javac, /^javac \d+/);
  assert.deepEqual(
    sources,
    hashSources(folder),
    "run: node java/build.ts --spark-home DIR, with a JDK and any Spark from 3.4",
  );
});

test("mayfly.jar has only classes of its own, for Java 8", () => {
  const entries = readJar(jar);
  assert.deepEqual([...entries.keys()].slice(0, 1), ["META-INF/MANIFEST.MF"]);
  entries.delete("META-INF/MANIFEST.MF");
  for (const [name, content] of entries) {
    assert.match(name, /^mayfly\/\w+(\$\w+)*\.class$/);
    assert.equal(content.readUInt16BE(6), 52, `${name} is for a newer Java`);
  }
  for (const name of [
    "FolderFileSystem",
    "FolderFs",
    "ScalaScript",
    "Driver",
    "Gateway",
    "Preload",
    "Sample",
  ]) {
    assert.ok(entries.has(`mayfly/${name}.class`), name);
  }
});

test("a jar is written the same way each time, and read back", () => {
  const entries = new Map([
    ["b/é.txt", Buffer.from("b")],
    ["a.txt", Buffer.alloc(0)],
    ["META-INF/MANIFEST.MF", Buffer.from("m")],
  ]);
  const written = writeJar(entries);
  assert.deepEqual(written, writeJar(new Map([...entries].reverse())));
  assert.deepEqual([...readJar(written).keys()], ["META-INF/MANIFEST.MF", "a.txt", "b/é.txt"]);
  assert.equal(readJar(written).get("b/é.txt")?.toString(), "b");
});
