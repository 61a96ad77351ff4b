import assert from "node:assert/strict";
import { test } from "node:test";
import { consoleApp } from "../../../test/support/console/context.ts";
import { makeProject } from "../../../test/support/query/project.ts";

const ENDLESS = "select sum(a.range * b.range) as n from range(10000000) a, range(1000000) b";
const dashboard = (sql: string) =>
  `title: A\nqueries: { q: ${sql} }\ncharts: [{ mark: number, query: q, value: n }]\n`;

test("a page that goes away takes its questions with it", { timeout: 60_000 }, async () => {
  const project = makeProject(
    {},
    {
      "slow.dashboard.yaml": dashboard(JSON.stringify(ENDLESS)),
      "quick.dashboard.yaml": dashboard("select 1 as n"),
    },
  );
  const console = await consoleApp(project.path);
  const page = (name: string, signal?: AbortSignal) =>
    console.app.request(
      new Request(`http://127.0.0.1:4321/api/dashboards/page?file=${name}.dashboard.yaml`, {
        headers: { host: "127.0.0.1:4321", cookie: console.cookie },
        ...(signal ? { signal } : {}),
      }),
    );
  try {
    // More of them than run at once: one that stayed would keep all others waiting.
    const left = Array.from({ length: 14 }, () => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 100);
      return page("slow", abort.signal);
    });
    for (const answer of await Promise.all(left))
      assert.match(await answer.text(), /the query was cancelled/);
    const { results } = (await (await page("quick")).json()) as { results: { q: object } };
    assert.deepEqual(Object.values(results.q)[0].rows, [[1]]);
  } finally {
    console.close();
    project.remove();
  }
});
