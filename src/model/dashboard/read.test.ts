import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { MayflyError } from "../../base/errors.ts";
import { readDashboard } from "./read.ts";
import { MARKS, refreshMs } from "./schema.ts";
import { inputsIn } from "./sql.ts";

const GOOD = `title: A
queries:
  q: select * from t where a = $n
inputs:
  n: { range: [1, 5] }
charts:
  - title: one
    query: q
    mark: dot
    x: a
    y: b
`;
const LIST = (text: string) => GOOD.replace("range: [1, 5]", text);
const AND = (text: string) => `${GOOD}${text}\n`;

test("a dashboard is read, and every word knows its place", () => {
  const { spec, place } = readDashboard(AND("refresh: 90s"), "d.yaml");
  assert.equal(spec.charts[0]?.mark, "dot");
  assert.equal(refreshMs(spec), 90_000);
  assert.deepEqual(place(["charts", 0, "x"]), { line: 10, column: 8 });
  assert.deepEqual(place(["charts", 0, "x"], { name: true }), { line: 10, column: 5 });
  assert.deepEqual(place(["queries"]), { line: 2, column: 1 });
});

/** What the file says, where the mistake is, what is wrong, and what to do. */
const MISTAKES: [text: string, at: string, problem: RegExp, remedy: RegExp][] = [
  [GOOD.replace("  q:", "\tq:"), "3:1", /Tabs/, /spaces/],
  [AND("  - ["), "13:1", /Flow sequence/, /mend/],
  [AND("title: B"), "12:1", /keys must be unique/, /mend/],
  [GOOD.replace("title: A", "title: *x"), "1:8", /Unresolved alias/, /without this alias/],
  [LIST("range: [-.inf, 5]"), "5:16", /-Infinity; expected a number that has an end/, /docs/],
  [
    LIST("range: [1, 5], step: .inf"),
    "5:29",
    /Infinity; expected a number that has an end/,
    /docs/,
  ],
  [
    AND(`a: &a [x, x]\nb: &b [${"*a,".repeat(99)}]\nc: [${"*b,".repeat(99)}]`),
    "13:8",
    /Excessive alias/,
    /alias/,
  ],
  [
    GOOD.replaceAll("$n", "$toString").replace("n:", "toString:"),
    "5:3",
    /"toString" cannot be a name/,
    /another/,
  ],
  [GOOD.replaceAll("q:", "valueOf:"), "3:3", /"valueOf" cannot be a name/, /another/],
  [GOOD.replaceAll("q:", "__proto__:"), "3:3", /"__proto__" cannot be a name/, /another/],
  [GOOD.replaceAll("q:", "constructor:"), "3:3", /"constructor" cannot be a name/, /another/],
  ["- a\n", "1:1", /words with their values/, /begin with/],
  ["", "1:1", /words with their values/, /begin with/],
  [GOOD.replace("title: A\n", ""), "1:1", /no title:/, /docs/],
  [GOOD.replace("queries:", "querys:"), "2:1", /querys is not a word/, /"queries"/],
  [GOOD.replace("charts:", "chart:"), "6:1", /no charts:/, /mean "charts"/],
  [GOOD.replace(/charts:[\s\S]*/, "charts: []\n"), "6:1", /at least one chart/, /docs/],
  [GOOD.replace(/charts:[\s\S]*/, "charts:\n"), "6:1", /expected a list/, /docs/],
  [GOOD.replace("  q: select", "  - select"), "2:1", /queries has no names/, /NAME: value/],
  [GOOD.replace("mark: dot", "mark: dott"), "9:11", /"dott"; expected one of line,/, /"dot"/],
  [GOOD.replace("    mark: dot\n", ""), "7:5", /no mark:/, /one of line, bar/],
  [GOOD.replace("mark:", "marc:"), "9:5", /no mark:/, /mean "mark"/],
  [GOOD.replace("    y: b\n", ""), "7:5", /no y:/, /docs/],
  [GOOD.replace("x: a", "x:"), "10:5", /x is null/, /docs/],
  [AND("    colour: c"), "12:5", /colour is not a word of the mark dot/, /"color"/],
  [AND("    sort: c"), "12:5", /sort is not a word of the mark dot/, /known here: .*best/],
  [AND("    height: tall"), "12:13", /"tall"; expected a number/, /docs/],
  [AND("    wide: 1"), "12:11", /1; expected true or false/, /docs/],
  [AND("    best: { maxx: a }"), "12:13", /best has no max/, /mean "max"/],
  [AND("    labels: { z: a }"), "12:15", /labels.z is not a word/, /"x" or "y"/],
  [AND("    domain: { x: [0] }"), "12:15", /domain.x has too few/, /\[FROM, TO\]/],
  [AND("    color: c\n    colors: { a: 'url(x)' }"), "13:18", /a colour:/, /docs/],
  [AND("    color: c\n    colors: [red]"), "13:5", /colors has no names/, /NAME: value/],
  [AND("    colors: { a: red }"), "12:5", /colors without color/, /add color:/],
  [AND("columns: 9"), "12:10", /a whole number from 1 to 4/, /docs/],
  [AND("refresh: soon"), "12:10", /a time: 30s/, /docs/],
  [GOOD.replace("query: q", "query: qq"), "8:12", /no query "qq"/, /mean "q"/],
  [
    GOOD.replace("$n", "$m"),
    "3:6",
    /uses \$m.*1 more, in line 5/,
    /mean "n".*\n +also 5:3: no query uses the input "n"/,
  ],
  [GOOD.replace("$n", "'$n' -- $n"), "5:3", /no query uses the input "n"/, /write \$n/],
  [GOOD.replace(" n: {", " 1n: {"), "5:3", /"1n" is no name/, /no digit first/],
  [GOOD.replace("range:", "rang:"), "5:3", /exactly one of select, range, date/, /"range"/],
  [LIST("range: [5, 1]"), "5:8", /5 is after 1/, /\[1, 5\]/],
  [LIST("range: [5]"), "5:8", /too few values/, /\[FROM, TO\]/],
  [LIST("range: [a, 1]"), "5:16", /"a"; expected a number/, /docs/],
  [LIST("range: [1, 5], step: 0"), "5:29", /a number above 0/, /docs/],
  [LIST("range: [1, 5], default: 9"), "5:32", /9 is not between 1 and 5/, /choose/],
  [LIST("range: [1, 5], defaultt: 2"), "5:23", /defaultt is not a word/, /"default"/],
  [LIST("select: []"), "5:8", /at least one value/, /docs/],
  [LIST("select: [aa, b], default: a"), "5:34", /"a" is not in the list/, /"aa"/],
  [LIST("select: { query: q }"), "5:25", /uses inputs itself/, /without inputs/],
  [LIST("select: { query: r }"), "5:25", /no query "r"/, /mean "q"/],
  [LIST("date: [2026-02-30, 2026-03-01]"), "5:8", /"2026-02-30" is no day/, /2026-01-31/],
  [LIST("date: [today, 2026-03-01]"), "5:15", /expected a day/, /docs/],
];
for (const [i, [text, at, problem, remedy]] of MISTAKES.entries())
  test(`mistake ${i}: ${problem.source}`, () => {
    assert.throws(
      () => readDashboard(text, "d.yaml"),
      (error) => {
        assert.ok(error instanceof MayflyError);
        assert.equal(error.exitCode, 2);
        assert.ok(error.message.startsWith(`cannot read "d.yaml":${at}: `), error.message);
        assert.match(error.message, problem);
        assert.match(error.remedy ?? "", remedy);
        return true;
      },
    );
  });

test("an input is what stands in no text, name or comment", () => {
  assert.deepEqual(
    inputsIn(`select '$a', "$b", $c, $$ $d $$, $t$ $e $t$, /* $f */ x$g -- $h\n where $c < $i`),
    ["c", "i"],
  );
});

test("what the documentation and the examples show is right", () => {
  const root = join(import.meta.dirname, "../../..");
  const docs = readFileSync(join(root, "docs/dashboards.md"), "utf8");
  const [, shown = ""] = /```yaml\n([\s\S]*?)```/.exec(docs) ?? [];
  assert.equal(readDashboard(shown, "docs").spec.charts.length, 1);
  const marks = [...docs.matchAll(/^\| `(\w+)` \| [^|]+\|[^|]+\|[^|]+\|$/gm)];
  assert.deepEqual(marks.map(([, mark]) => mark).sort(), Object.keys(MARKS).sort());
  for (const name of ["one-off", "flights", "wordcount", "cities"]) {
    const file = join(root, "examples", name, "dashboard.yaml");
    assert.ok(readDashboard(readFileSync(file, "utf8"), file).spec.charts.length > 2);
  }
});
