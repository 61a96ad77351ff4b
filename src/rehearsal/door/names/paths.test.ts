import assert from "node:assert/strict";
import { test } from "node:test";
import { HOSTILE_PATHS } from "../../../../test/support/hostile-paths.ts";
import { Problem } from "../problem.ts";
import { checkKeysInBody, s3Path } from "./s3.ts";

function tried(path: string, headers: [string, string][] = [], query = "", method = "PUT"): string {
  try {
    return s3Path({ method, path, query, headers }, undefined);
  } catch (error) {
    if (error instanceof Problem) return error.problem;
    throw error;
  }
}

test("what comes through stays below its bucket, whatever reads it", () => {
  assert.ok(HOSTILE_PATHS.length >= 80);
  for (const wanted of HOSTILE_PATHS) {
    const path = wanted.replace("BUCKET", "bucket").replace("CANARY", "home/me/canary");
    const passed = tried(path);
    if (!passed.startsWith("/")) continue;
    const [, , bucket = "", ...key] = decodeURIComponent(passed).split("/");
    assert.match(bucket, /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/, path);
    let depth = 0;
    for (const part of key) {
      depth += part === ".." ? -1 : part === "" || part === "." ? 0 : 1;
      assert.ok(depth >= 0, path);
    }
    assert.ok(!/[\0]/.test(decodeURIComponent(passed)), path);
  }
});

test("each refusal has the reason that S3 gives", () => {
  for (const [path, problem] of [
    ["/bucket/../x", "badUri"],
    ["/bucket/%2e%2e%2fx", "badUri"],
    ["/bucket/a/../../x", "badUri"],
    ["/bucket/a%00b", "badUri"],
    ["/bucket/a%ff", "badUri"],
    ["/bucket/a%zz", "badUri"],
    [`/bucket/${"x".repeat(1025)}`, "keyTooLong"],
    ["/_ministack/reset", "noBucketName"],
    ["/ab/x", "noBucketName"],
    ["/192.168.1.1/x", "noBucketName"],
    ["/my..bucket/x", "noBucketName"],
    ["/UPPER/x", "noBucketName"],
    [`/${"b".repeat(64)}/x`, "noBucketName"],
    ["//bucket/x", "noBucketName"],
  ]) {
    assert.equal(tried(path ?? ""), problem, path);
  }
});

test("what S3 takes for a key comes through as it was signed", () => {
  for (const [path, passed] of [
    ["/bucket/a/../b", "//bucket/a/../b"],
    ["/bucket/a//b/", "//bucket/a//b/"],
    ["/bucket/a%2fb", "//bucket/a/b"],
    ["/bucket/a b+c(é)".replace("é", "\u00c3\u00a9"), "//bucket/a%20b%2Bc%28%C3%A9%29"],
    ["/bucket/a%5cb", "//bucket/a%5Cb"],
    ["/bucket", "//bucket"],
    ["/bucket/", "//bucket"],
    ["/", "/"],
  ]) {
    assert.equal(tried(path ?? "", [], "x=1"), passed);
  }
  const hosted = s3Path({ method: "GET", path: "/_ministack/x", query: "", headers: [] }, "bucket");
  assert.equal(hosted, "//bucket/_ministack/x");
});

test("names in headers, queries and bodies are names too", () => {
  const copy = (source: string) => tried("/bucket/key", [["x-amz-copy-source", source]]);
  assert.equal(copy("/bucket/a%20b"), "//bucket/key");
  assert.equal(copy("bucket/a?versionId=abc"), "//bucket/key");
  assert.equal(copy("/bucket/../x"), "badUri");
  assert.equal(copy("bucket/%2e%2e/x"), "badUri");
  assert.equal(copy("/.."), "badArgument");
  assert.equal(copy("/_ministack/x"), "noBucketName");
  assert.equal(tried("/bucket/key", [], "versionId=..%2f..%2fx", "GET"), "badArgument");
  assert.equal(tried("/bucket/key", [["transfer-encoding", "chunked"]]), "noLength");
  checkKeysInBody(Buffer.from("<Delete><Object><Key>a/&#233;&amp;</Key></Object></Delete>"));
  for (const xml of [
    "<!DOCTYPE x><Key>a</Key>",
    "<Key><![CDATA[../x]]></Key>",
    "<s:Key>../x</s:Key>",
  ])
    assert.throws(() => checkKeysInBody(Buffer.from(xml)), Problem, xml);
  for (const key of ["../x", "&#46;&#x2e;/x", "a/../../x", "x".repeat(1025), "a&#0;b"]) {
    assert.throws(() => checkKeysInBody(Buffer.from(`<Key>${key}</Key>`)), Problem, key);
  }
});
