import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { openFaults } from "./faults.ts";
import { readFaultFile } from "./rules/file.ts";
import { KIND_NAMES } from "./rules/kinds.ts";
import { checkRule, type Rule } from "./rules/rule.ts";

test("every kind is on its page, and the page names no other", () => {
  const page = readFileSync(new URL("../../../docs/rehearsal-faults.md", import.meta.url), "utf8");
  const tables = page.slice(page.indexOf("## Of requests"));
  const named = [...tables.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, kind = ""]) => kind);
  assert.deepEqual([...new Set(named)].sort(), [...KIND_NAMES].sort());
  assert.ok(KIND_NAMES.length >= 25);
});

const LIST = { service: "elasticmapreduce", operation: "ListClusters" };
const rule = (more: object): Rule => checkRule({ kind: "throttle", ...more });

function struck(rules: Rule[], about: object[], options = {}): string {
  const book = openFaults(options);
  book.add(rules);
  return about.map((one) => (book.next("throttle", one) ? "x" : ".")).join("");
}
const times = (count: number, about: object = LIST) => Array.from({ length: count }, () => about);

test("how often a rule strikes, and after how many", () => {
  assert.equal(struck([rule({})], times(3)), "xxx");
  assert.equal(struck([rule({ times: 2 })], times(4)), "xx..");
  assert.equal(struck([rule({ times: 2, after: 1 })], times(5)), ".xx..");
  assert.equal(struck([rule({ times: 1 }), rule({ times: 1 })], times(3)), "xx.");
});

test("what a rule is about", () => {
  for (const [words, about, fits] of [
    [{ service: "emr" }, LIST, true],
    [{ service: "s3" }, LIST, false],
    [{ service: "emr", operation: "List*" }, LIST, true],
    [{ operation: "*Clusters" }, LIST, true],
    [{ operation: "Describe*" }, LIST, false],
    [{ bucket: "b" }, LIST, false],
    [{ bucket: "b", key: "in/" }, { bucket: "b", key: "in/a" }, true],
    [{ bucket: "b", key: "in/" }, { bucket: "b", key: "out" }, false],
    [{ bucket: "b-*" }, { bucket: "b-1" }, true],
    [{ bucket: "b.c" }, { bucket: "bxc" }, false],
    [{ bucket: "b*b" }, { bucket: "b" }, false],
    [{ bucket: "*" }, { bucket: "" }, true],
    [{ bucket: "a*b*c" }, { bucket: "a-b-bc" }, true],
    [{ bucket: "a*b*c" }, { bucket: "a-c" }, false],
    [{ bucket: "a*bc*c" }, { bucket: "a-bc" }, false],
    [{ bucket: "a**c" }, { bucket: "ac\n-c" }, true],
    [{ bucket: "*a".repeat(40) }, { bucket: `${"a".repeat(2000)}b` }, false],
  ] as const)
    assert.equal(struck([rule(words)], [about]), fits ? "x" : ".", JSON.stringify([words, about]));
});

test("a probability: the same seed and the same requests, the same faults", () => {
  const draw = (seed: number) => struck([rule({ probability: 0.5, seed })], times(200));
  assert.equal(draw(7), draw(7));
  assert.notEqual(draw(7), draw(8));
  const count = draw(7).replaceAll(".", "").length;
  assert.ok(count > 70 && count < 130, `${count} of 200`);
  assert.equal(struck([rule({ probability: 0 })], times(20)), ".".repeat(20));
  assert.equal(struck([rule({ probability: 1 })], times(20)), "x".repeat(20));
  const book = openFaults();
  const [added] = book.add([rule({ probability: 0.5 })]);
  assert.ok(Number.isInteger(added?.rule.seed), "one that is drawn is shown");
});

test("seconds of an outage begin when it first strikes, and go as fast as the rehearsal", () => {
  for (const [speed, expected] of [
    [1, "xx.."],
    [2, "x..."],
  ] as const) {
    let now = 1000;
    const book = openFaults({ speed, now: () => now });
    book.add([rule({ seconds: 2 })]);
    now = 90_000;
    const seen = times(4).map(() => {
      const strike = book.next("throttle", LIST);
      now += 1000;
      return strike ? "x" : ".";
    });
    assert.equal(seen.join(""), expected);
  }
});

test("what was aimed and missed has not struck, and may strike again", () => {
  const lines: string[] = [];
  const book = openFaults({ note: (line) => lines.push(line), now: () => 0 });
  book.add([checkRule({ kind: "step-failure", times: 1 })]);
  const about = { cluster: "c", step: "s" };
  const first = book.aim(["step-failure"], about);
  assert.equal(book.aim(["step-failure"], about), undefined, "the one that there is is on its way");
  first?.miss();
  first?.land();
  assert.deepEqual(
    book.list().map((one) => one.struck),
    [0],
  );
  book.aim(["step-failure"], about)?.land("done\n");
  assert.deepEqual(
    book.list().map((one) => one.struck),
    [1],
  );
  assert.deepEqual(lines, ["1970-01-01T00:00:00.000Z f1 step-failure c s → done "]);
});

test("seconds are scaled for all but a client's own patience", () => {
  const book = openFaults({ speed: 10 });
  book.add([{ kind: "slow" }, { kind: "late-logs" }]);
  assert.equal(book.aim(["slow"], LIST)?.ms, 10_000);
  assert.equal(book.aim(["late-logs"], { cluster: "c" })?.ms, 30_000);
});

test("a file: every mistake with its line, and what may be meant", () => {
  for (const [text, message, remedy] of [
    ["", "there are no faults in it", /faults:/],
    ["fautls: []", 'line 1: "fautls" is not a word of this file', /"faults"/],
    ["seed: x\nfaults: []", "line 1: seed is not a whole number", /./],
    ["faults: 3", "line 1: faults is not a list", /./],
    ["faults:\n  - { kind: thorttle }", 'line 2: "thorttle" is not a kind of fault', /"throttle"/],
    ["faults:\n  - 7", "line 2: 7 is not a fault", /kind:/],
    ["faults:\n  - { times: 1 }", "line 2: a fault without kind", /throttle, /],
    [
      "faults:\n  - kind: slow\n    sevice: s3",
      'line 3: "sevice" is not a word of a fault',
      /"service"/,
    ],
    [
      "faults:\n  - kind: slow\n    zone: a",
      'line 3: a fault of kind "slow" has no zone',
      /slow knows/,
    ],
    ["faults:\n  - { kind: slow, times: 0 }", "line 2: times is 0", /whole number from 1/],
    ["faults:\n  - { kind: slow, seconds: soon }", 'line 2: seconds is "soon"', /5s, 10m/],
    ["faults:\n  - { kind: slow, probability: 2 }", "line 2: probability is 2", /from 0 to 1/],
    ["faults:\n  - { kind: hang, seconds: 501h }", "line 2: seconds is 1803600", /up to 500h/],
    ["faults:\n  - { kind: hang, seconds: 1e12 }", "line 2: seconds is 1000000000000", /500h/],
    [
      "faults:\n  - { kind: slow, service: constructor }",
      'line 2: "constructor" is not a service of the rehearsal',
      /one of/,
    ],
    [
      "faults:\n  - { kind: slow-state, state: STARTNG }",
      'line 2: state is "STARTNG"',
      /"STARTING"/,
    ],
    [
      "faults:\n  - kind: slow\n    service: emrr",
      'line 3: "emrr" is not a service of the rehearsal',
      /"emr"/,
    ],
    [
      "faults:\n  - kind: stale-read\n    operation: ListCluster",
      'line 3: "ListCluster" is not an operation of "emr" or "emr-serverless"',
      /"ListClusters"/,
    ],
    [
      "faults:\n  - { kind: slow, service: s3, operation: PutObjects }",
      'line 2: "PutObjects" is not an operation of "s3"',
      /"PutObject"/,
    ],
    [
      "faults:\n  - { kind: in-use, service: athena }",
      'line 2: "in-use" is nothing that "athena" can have',
      /one of/,
    ],
    ["faults: [", "", /mend it/],
  ] as const)
    assert.throws(
      () => readFaultFile(text, "f.yaml"),
      (error: { message: string; remedy: string }) => {
        assert.ok(error.message.includes(message), `${error.message} | ${message}`);
        assert.match(error.remedy, remedy);
        return error.message.startsWith('cannot read "f.yaml"');
      },
      text,
    );
  assert.deepEqual(
    readFaultFile(
      "seed: 5\nfaults:\n  - { kind: slow, seconds: 1.5m }\n  - { kind: slow, probability: 0.1 }\n  - { kind: slow, probability: 0.1, seed: 1 }\n",
      "f.yaml",
    ),
    [
      { kind: "slow", seconds: 90 },
      { kind: "slow", probability: 0.1, seed: 6 },
      { kind: "slow", probability: 0.1, seed: 1 },
    ],
  );
});

test("a name in the log of faults is no line of its own, and nothing that a terminal would do", () => {
  const lines: string[] = [];
  const book = openFaults({ note: (line) => lines.push(line), now: () => 0 });
  book.add([checkRule({ kind: "node-lost" })]);
  book.next("node-lost", { cluster: "a\r\n1970\u001b]0;x\u0007\u009b2J\u2028\0" });
  assert.deepEqual(lines, ["1970-01-01T00:00:00.000Z f1 node-lost a  1970 ]0;x  2J  "]);
});

test("a fault that cannot be written down has struck all the same", () => {
  const book = openFaults({
    note() {
      throw new Error("ENOSPC");
    },
  });
  book.add([rule({ times: 1 })]);
  assert.ok(book.next("throttle", LIST));
  assert.equal(book.list()[0]?.struck, 1);
});
