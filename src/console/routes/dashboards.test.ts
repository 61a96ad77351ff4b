import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeFolder } from "../../../test/support/cli.ts";
import { consoleApp } from "../../../test/support/console/context.ts";

const outside = makeFolder({
  "d.yaml": "title: of somebody else\ncharts: [{ mark: text, text: secret }]\n",
});
const folder = makeFolder({
  "mayfly.yaml": "jobs: { a: { dashboard: link.yaml, steps: [{ command: [echo, hello] }] } }\n",
  "long-dashboard.yaml": `title: "Long"
queries:
  one: select 1 as n
charts:
  - { mark: number, query: one, value: n, title: "${"a".repeat(59)}\u{1d4b3}\u{1d4b3}" }
`,
  "dashboard.yaml": `title: "<b>Many</b>"
inputs:
  n: { range: [0, 1000] }
queries:
  one: select $n as n
charts:
  - { mark: number, query: one, value: n, title: "One: <i>ü" }
  - { mark: text, text: here }
`,
});
let console: Awaited<ReturnType<typeof consoleApp>>;
before(async () => {
  symlinkSync(join(outside.path, "d.yaml"), join(folder.path, "link.yaml"));
  console = await consoleApp(folder.path);
});
after(() => {
  console.close();
  folder.remove();
  outside.remove();
});

test("a title of letters that are pairs is cut between two of them", async () => {
  const answer = await console.ask(
    "/api/dashboards/chart?file=long-dashboard.yaml&chart=1&format=csv",
  );
  assert.equal(answer.status, 200);
  const said = answer.headers.get("content-disposition") ?? "";
  assert.ok(said.endsWith(`''01-${"a".repeat(59)}%F0%9D%92%B3.csv`), said);
});

test("a link that a job names as its dashboard does not lead out of the project", async () => {
  const list = (await (await console.ask("/api/dashboards")).json()) as { file: string }[];
  assert.deepEqual(
    list.map(({ file }) => file),
    ["dashboard.yaml", "long-dashboard.yaml"],
  );
  const answer = await console.ask("/api/dashboards/page?file=link.yaml");
  assert.equal(answer.status, 404);
});

test("a page is a file to keep, and says which input it holds one value of", async () => {
  const answer = await console.ask("/api/dashboards/build?file=dashboard.yaml&values={%22n%22:7}");
  assert.equal(answer.status, 200);
  const { headers } = answer;
  assert.equal(headers.get("content-type"), "application/octet-stream");
  assert.match(headers.get("content-disposition") ?? "", /^attachment; filename="dashboard.html"/);
  assert.equal(headers.get("x-mayfly-fixed"), "n");
  assert.match(await answer.text(), /<title>&#60;b&#62;Many.*"fixed":\["n"\]/s);
});

test("a chart is a file of its name; what cannot be is said in the words of the command", async () => {
  const chart = (more: string) =>
    console.ask(`/api/dashboards/chart?file=dashboard.yaml&values={%22n%22:7}&${more}`);
  const csv = await chart("chart=1&format=csv");
  assert.equal(await csv.text(), "n\n7\n");
  assert.match(
    csv.headers.get("content-disposition") ?? "",
    /filename="01-one-i-_.csv"; filename\*=UTF-8''01-one-i-%C3%BC.csv$/,
  );
  for (const [more, says] of [
    ["chart=1&format=gif", /cannot export as \\"gif\\"/],
    ["chart=3&format=svg", /cannot export the chart \\"3\\": the dashboard has no such chart/],
    ["chart=2&format=csv", /cannot export the chart \\"2\\" as csv: it shows no rows/],
  ] as const) {
    const answer = await chart(more);
    assert.equal(answer.status, 400, more);
    assert.match(await answer.text(), says);
  }
  for (const values of ["", "[]", "null", '{"n":[1]}']) {
    const answer = await console.ask(
      `/api/dashboards/build?file=dashboard.yaml&values=${encodeURIComponent(values)}`,
    );
    assert.equal(answer.status, 400, values);
    assert.match(await answer.text(), /cannot read the inputs.*for example/);
  }
  const elsewhere = await console.ask("/api/dashboards/build?file=../x.yaml");
  assert.equal(elsewhere.status, 404);
});
