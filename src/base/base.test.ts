import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { MayflyError, toMayflyError } from "./errors.ts";
import { sizeOf, writeAtomic } from "./files.ts";
import { formatBytes, formatDuration, formatTable } from "./format.ts";
import { withLock } from "./locks.ts";
import { nearest } from "./nearest.ts";
import { endMarked, identify, isAlive, MARKER, marked, parseProcess } from "./processes.ts";
import { makeQueue } from "./queue.ts";
import { redactArgs, redactText, redactValue } from "./redact.ts";

const folder = mkdtempSync(join(tmpdir(), "mayfly-base-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test("nearest finds what people mix up", () => {
  assert.deepEqual(nearest("sparkify_data", ["sparkify-data", "other"]), ["sparkify-data"]);
  assert.deepEqual(nearest("--pakages", ["--packages", "--jars"]), ["--packages"]);
  assert.deepEqual(nearest("zzzzzz", ["a", "bcdefg"]), []);
});

test("sizes and times read well at their borders", () => {
  assert.deepEqual([0, 999, 1000, 9949, 9951, 999_499, 999_500].map(formatBytes), [
    "0 B",
    "999 B",
    "1.0 KB",
    "9.9 KB",
    "10 KB",
    "999 KB",
    "1.0 MB",
  ]);
  assert.deepEqual([0, 9949, 9950, 59_499, 59_500, 3_599_400, 7_500_000].map(formatDuration), [
    "0.0 s",
    "9.9 s",
    "10 s",
    "59 s",
    "1 min 0 s",
    "59 min 59 s",
    "2 h 5 min",
  ]);
  assert.deepEqual(
    formatTable([
      ["a", "bb"],
      ["ccc", "d"],
    ]),
    ["a    bb", "ccc  d"],
  );
});

test("a file is replaced whole or not at all", () => {
  const path = join(folder, "deep", "file");
  writeAtomic(path, "one");
  writeAtomic(path, "two");
  assert.equal(readFileSync(path, "utf8"), "two");
  assert.deepEqual(readdirSync(join(folder, "deep")), ["file"]);
  assert.deepEqual(sizeOf(join(folder, "deep")), { bytes: 3, files: 1 });
});

test("a lock lets one in at a time, and a dead holder's lock is taken over", async () => {
  const path = join(folder, "lock");
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside--;
  };
  await Promise.all([1, 2, 3].map(() => withLock(path, work)));
  assert.equal(most, 1);
  assert.ok(!existsSync(path));
  writeFileSync(path, JSON.stringify({ pid: 1, began: "another life" }));
  await withLock(path, work);
  writeFileSync(path, "{half");
  await withLock(path, work);
});

test("marked processes are found and ended with their children, and only they", async () => {
  const start = (run: string) =>
    spawn("/bin/sh", ["-c", "trap '' TERM; sleep 60 & wait"], {
      detached: true,
      env: { ...process.env, [MARKER]: run },
    });
  const [ours, other] = [start("test-ours"), start("test-other")];
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(marked("test-ours").length, 2);
  assert.equal(await endMarked("test-ours", { graceMs: 300 }), 2);
  assert.deepEqual(marked("test-ours"), []);
  assert.equal(marked("test-other").length, 2);
  await endMarked("test-other", { graceMs: 300 });
  assert.ok(ours.pid && other.pid);
});

test("a process is known by its beginning, not by its number", () => {
  const me = identify(process.pid);
  assert.ok(me && isAlive(me));
  assert.ok(!isAlive({ pid: process.pid, began: "before" }));
  assert.equal(identify(2 ** 22 + 1), undefined);
});

test("a file that names no process, or all of them, names nobody", () => {
  for (const text of [
    "",
    "null",
    "{}",
    "[]",
    "5",
    '{"pid":-1}',
    '{"pid":0,"began":"x"}',
    '{"pid":1,"began":"x"}',
    '{"pid":-9,"began":"x"}',
    '{"pid":77}',
    '{"pid":"77","began":"x"}',
  ]) {
    assert.equal(parseProcess(text), undefined, text);
  }
  assert.deepEqual(parseProcess('{"pid":77,"began":"x"}'), { pid: 77, began: "x" });
  assert.equal(isAlive({ pid: 2 ** 22 + 1, began: undefined as unknown as string }), false);
});

test("errors of the system get a code, the value and a remedy", () => {
  const full = toMayflyError(
    Object.assign(new Error("no"), { code: "ENOSPC", path: "/x" }),
    "write",
  );
  assert.equal(full.exitCode, 5);
  assert.match(full.message, /cannot write: the disk is full, writing "\/x"/);
  assert.match(full.remedy ?? "", /mayfly prune/);
  assert.equal(
    toMayflyError(Object.assign(new Error(), { code: "EROFS", path: "/r" }), "write").exitCode,
    3,
  );
  const own = new MayflyError("usage", "m");
  assert.equal(toMayflyError(own, "x"), own);
});

test("secrets lose their value, not their name", () => {
  assert.equal(redactValue("fs.s3a.secret.key", "abc"), "***");
  assert.equal(redactText("key AKIAABCDEFGHIJKLMNOP x"), "key AKIA*** x");
  assert.equal(redactText("password=hunter2 host=a"), "password=*** host=a");
  assert.equal(redactValue("spark.app.name", "tokenizer"), "tokenizer");
  assert.deepEqual(
    redactArgs([
      "--rows",
      "5",
      "--password",
      "x",
      "--api-key=y",
      "--out=s3://b/k",
      "--token",
      "--flag",
    ]),
    ["--rows", "5", "--password", "***", "--api-key=***", "--out=s3://b/k", "--token", "--flag"],
  );
});

test("a queue gives everything that was pushed before it was closed", async () => {
  const queue = makeQueue<number>();
  queue.push(1);
  setTimeout(() => {
    queue.push(2);
    queue.close();
    queue.push(3);
  }, 5);
  const got: number[] = [];
  for await (const item of queue) got.push(item);
  assert.deepEqual(got, [1, 2]);
});
