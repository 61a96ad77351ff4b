import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeFolder } from "../../../../test/support/cli.ts";
import { openRunIndex } from "./index.ts";
import { readLive } from "./live.ts";
import { type Hit, searchLog } from "./search.ts";
import { linesAfter, linesBefore, logFile, logNames } from "./window.ts";

const row = (i: number) => `row ${i} is as long as any other ößü\n`;
const ROWS = 20_000;

test("a log is walked through forwards and backwards, line by line, and none is lost or doubled", () => {
  const text = Array.from({ length: ROWS }, (_, i) => row(i)).join("");
  const folder = makeFolder({ "a.log": text });
  const path = join(folder.path, "a.log");
  try {
    let forwards = "";
    for (let at = 0; ; ) {
      const window = linesAfter(path, at, 1000);
      assert.equal(window.from, at);
      assert.ok(window.to - window.from <= 1000);
      forwards += window.text;
      if (window.to === at) break;
      at = window.to;
    }
    assert.equal(forwards, text);
    let backwards = "";
    for (let at = Buffer.byteLength(text); at > 0; ) {
      const window = linesBefore(path, at, 1000);
      assert.equal(window.to, at);
      backwards = window.text + backwards;
      at = window.from;
    }
    assert.equal(backwards, text);
    const middle = linesAfter(path, 500);
    assert.match(middle.text, /^row \d+ is/, "from the middle of a line on, the next one begins");
    assert.equal(linesBefore(path, undefined, 1000).text.endsWith(row(ROWS - 1)), true);
  } finally {
    folder.remove();
  }
});

test("a line that is being written, one without an end, and none at all", () => {
  const folder = makeFolder({ "a.log": "whole\nha", "long.log": "ü".repeat(1001), "no.log": "" });
  const at = (name: string) => join(folder.path, name);
  try {
    const first = linesAfter(at("a.log"), 0);
    assert.deepEqual([first.text, first.rest, first.to], ["whole\n", "ha", 6]);
    appendFileSync(at("a.log"), "lf\n");
    assert.equal(linesAfter(at("a.log"), first.to).text, "half\n");
    let long = "";
    for (let from = 0; ; ) {
      const window = linesAfter(at("long.log"), from, 101);
      long += window.text + window.rest;
      if (window.to === from) break;
      from = window.to;
    }
    assert.equal(long, "ü".repeat(1001), "cut, and never within a character");
    for (const name of ["no.log", "nothing.log"])
      assert.deepEqual(linesAfter(at(name), 0), { from: 0, to: 0, size: 0, text: "", rest: "" });
  } finally {
    folder.remove();
  }
});

test("what is shown holds no secret and nothing that a terminal would obey", () => {
  const folder = makeFolder({
    "a.log":
      "\u001b[1;31mred\u001b[0m 10%\r20%\r\n\r1 of 2\r2 of 2\r\nend\r\r\nAKIAABCDEFGHIJKLMNOP secret_key=x \u202eevil\u0007\n",
  });
  try {
    const { text } = linesAfter(join(folder.path, "a.log"), 0);
    assert.equal(text, "20%\n2 of 2\nend\nAKIA*** secret_key=*** \ufffdevil\ufffd\n");
  } finally {
    folder.remove();
  }
});

test("a search finds every line, whatever its case, across pieces, up to a limit; never a secret", async () => {
  const lines = Array.from({ length: 60_000 }, (_, i) =>
    i % 7000 === 6999 ? `Ärger ${i}\n` : row(i),
  );
  lines.push("password=Ärgerlich\n", "the last has no end: ärger");
  const folder = makeFolder({ "a.log": lines.join("") });
  const path = join(folder.path, "a.log");
  const find = async (text: string, limit: number) => {
    const hits: Hit[] = [];
    let read = 0;
    for await (const one of searchLog(path, text, limit)) {
      if ("text" in one) hits.push(one);
      else read = one.at;
    }
    return { hits, read };
  };
  try {
    const { hits, read } = await find("äRGER", 100);
    assert.deepEqual(
      hits.map(({ text }) => text),
      [
        ...lines.filter((line) => line.startsWith("Ärger")).map((line) => line.trimEnd()),
        "the last has no end: ärger",
      ],
    );
    assert.equal(read, Buffer.byteLength(lines.join("")));
    for (const { at, text } of hits.slice(0, -1))
      assert.ok(linesAfter(path, at).text.startsWith(text), "it stands where it was said to stand");
    assert.equal((await find("row", 5)).hits.length, 5);
    assert.deepEqual((await find("ärgerlich", 5)).hits, []);
    assert.equal((await find("Ä", 100)).hits.length, 9, "no plain letter at all");
    const gone = new AbortController();
    await assert.rejects(async () => {
      for await (const _ of searchLog(path, "row", 1e6, gone.signal)) gone.abort();
    }, /abort/i);
  } finally {
    folder.remove();
  }
});

test("logs have names, and no others are read", () => {
  const folder = makeFolder({
    "logs/0/stdout.log": "x",
    "logs/0/stderr.log": "",
    "logs/x/stdout.log": "x",
    "logs/10/spark.log": "xy",
  });
  try {
    assert.deepEqual(logNames(folder.path), [
      { step: 0, stream: "stdout", bytes: 1 },
      { step: 10, stream: "spark", bytes: 2 },
    ]);
    for (const [step, stream] of [
      [0, "../../run"],
      [-1, "stdout"],
      [Number.NaN, "stdout"],
    ] as const)
      assert.throws(() => logFile(folder.path, step, stream), /cannot show the log/);
  } finally {
    folder.remove();
  }
});

test("pages of runs: filtered, one after another, with what comes, ends and goes", async () => {
  const id = (i: number) => `20260101-${String(i).padStart(6, "0")}-aaaaaa`;
  const folder = makeFolder();
  const put = (i: number, state: string) => {
    const at = join(folder.path, ".mayfly/runs", id(i));
    mkdirSync(at, { recursive: true });
    const record = {
      version: 1,
      id: id(i),
      job: i % 2 ? "odd" : "Even",
      target: "local",
      state,
      createdAt: i,
      steps: [],
    };
    writeFileSync(join(at, "run.json"), JSON.stringify(record));
  };
  for (let i = 0; i < 25; i++) put(i, i === 24 ? "running" : i % 5 ? "succeeded" : "failed");
  try {
    const index = openRunIndex(folder.path);
    const ids = async (wish: object) =>
      (await index.page({ limit: 10, ...wish })).runs.map((one) => Number(one.id.slice(9, 15)));
    assert.deepEqual(await ids({}), [24, 23, 22, 21, 20, 19, 18, 17, 16, 15]);
    assert.deepEqual(await ids({ after: id(3) }), [2, 1, 0]);
    assert.deepEqual(await ids({ state: "failed" }), [20, 15, 10, 5, 0]);
    assert.deepEqual(await ids({ text: "even LOCAL", after: id(6) }), [4, 2, 0]);
    const { more, total } = await index.page({ limit: 25 });
    assert.deepEqual([more, total], [false, 25]);
    const before = index.version();
    assert.equal(index.version(), before);
    put(24, "failed");
    put(25, "succeeded");
    rmSync(join(folder.path, ".mayfly/runs", id(20)), { recursive: true });
    assert.notEqual(index.version(), before);
    assert.deepEqual(await ids({ state: "failed" }), [24, 15, 10, 5, 0]);
    assert.deepEqual(await ids({ limit: 1 }), [25]);
  } finally {
    folder.remove();
  }
});

test("what a run is at is read from the end of its events, whatever stands before", () => {
  const line = (body: object) => `${JSON.stringify({ at: 1, run: "x", ...body })}\n`;
  const progress = (done: number) =>
    line({
      code: "step.progress",
      step: 0,
      progress: { stages: [{ id: 1, name: "s", done, active: 0, failed: 0, total: 9 }] },
    });
  const folder = makeFolder({
    "events.jsonl":
      progress(1).repeat(5000) +
      line({ code: "step.app", step: 0, app: "a", ui: "u" }) +
      progress(7) +
      '{"code":',
  });
  try {
    const live = readLive(folder.path);
    assert.equal(live.progress?.stages[0]?.done, 7);
    assert.equal(live.ui, "u");
    writeFileSync(join(folder.path, "events.jsonl"), progress(7) + line({ code: "step.finished" }));
    assert.equal(readLive(folder.path).progress, undefined);
    assert.deepEqual(readLive("/nowhere"), { notes: [] });
  } finally {
    folder.remove();
  }
});
