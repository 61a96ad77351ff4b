import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { driverCommand, driverProperties, type Jvm, jvmSettings } from "../jvm.ts";
import { archivePath, withArchive } from "./archive.ts";
import { writeRequest } from "./request.ts";

const folder = mkdtempSync(join(tmpdir(), "mayfly-warm-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));
for (const name of ["java", "spark/jars"]) mkdirSync(join(folder, name), { recursive: true });
writeFileSync(join(folder, "java/release"), 'JAVA_VERSION="17.0.9"\n');
writeFileSync(join(folder, "own.jar"), "jar");

const jvm = (conf: Record<string, string> = {}, more: Partial<Jvm> = {}): Jvm => ({
  javaHome: join(folder, "java"),
  sparkHome: join(folder, "spark"),
  tmp: "/run/tmp",
  logging: "/run/log4j2.properties",
  ownJar: join(folder, "own.jar"),
  conf,
  short: false,
  ...more,
});

test("programs may share a JVM when all agree that only a new one can honour", () => {
  const of = (conf: Record<string, string>, more: Partial<Jvm> = {}) =>
    JSON.stringify(jvmSettings(jvm(conf, more)));
  const plain = of({});
  assert.equal(of({ "spark.sql.shuffle.partitions": "3" }), plain);
  assert.equal(of({}, { tmp: "/other/tmp", logging: "/other" }), plain);
  for (const conf of [
    { "spark.driver.memory": "3g" },
    { "spark.driver.extraJavaOptions": "-Dx=y" },
    { "spark.driver.extraClassPath": "/a.jar" },
    { "spark.sql.codegen.cache.maxEntries": "1" },
    { "spark.sql.broadcastExchange.maxThreadThreshold": "1" },
    { "spark.hadoop.hadoop.security.authentication": "kerberos" },
  ]) {
    assert.notEqual(of(conf), plain, JSON.stringify(conf));
  }
});

test("what the person says to the JVM wins over what we say", () => {
  const own = jvm({ "spark.driver.extraJavaOptions": "-Djava.io.tmpdir=/mine -XX:+UseSerialGC" });
  assert.deepEqual(Object.keys(driverProperties(own)), [
    "derby.stream.error.file",
    "log4j2.configurationFile",
  ]);
  const { args } = driverCommand(own);
  assert.deepEqual(
    args.filter((arg) => /tmpdir|SerialGC/.test(arg)),
    ["-Djava.io.tmpdir=/mine", "-XX:+UseSerialGC"],
  );
  assert.ok(driverCommand(jvm({}, { short: true })).args.includes("-XX:TieredStopAtLevel=1"));
  assert.ok(!driverCommand(jvm()).args.includes("-XX:TieredStopAtLevel=1"));
});

test("an archive of classes is of one Spark and one Java, and of no class path of one's own", () => {
  const env = { MAYFLY_CACHE: join(folder, "cache") };
  const path = archivePath(jvm(), env);
  assert.match(path ?? "", /cache\/jsa\/[0-9a-f]{20}\.jsa$/);
  assert.equal(archivePath(jvm({ "spark.driver.memory": "9g" }), env), path);
  assert.equal(archivePath(jvm({ "spark.driver.extraClassPath": "/a.jar" }), env), undefined);
  writeFileSync(join(folder, "java/release"), 'JAVA_VERSION="17.0.10"\n');
  assert.notEqual(archivePath(jvm(), env), path, "another Java");
  writeFileSync(join(folder, "java/release"), 'JAVA_VERSION="1.8.0_402"\n');
  assert.equal(archivePath(jvm(), env), undefined);
  const line = { command: "java", args: ["x"] };
  assert.deepEqual(withArchive(line, undefined), line);
  assert.equal(withArchive(line, "/a.jsa").args.at(-1), "x");
});

test("a request is read as it was written: empty words, equals signs, new lines", () => {
  const file = join(folder, "request");
  writeRequest(file, {
    env: { A: "", B: "x=y\nz", C: undefined },
    properties: { p: "é" },
    args: ["", "a b", ""],
  });
  assert.equal(readFileSync(file, "utf8"), "2\0A=\0B=x=y\nz\x001\0p=é\0\0a b\0\0");
  assert.equal(statSync(file).mode & 0o777, 0o600);
});
