import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Report } from "../../src/engine/data/report/report.ts";
import { mayfly } from "../support/cli.ts";
import { goTo, leaveConsole, type Visited, visitConsole } from "../support/console/browser.ts";
import { eventually } from "../support/eventually.ts";
import { needs } from "../support/needs.ts";
import { violations } from "../support/results/chromium.ts";

const KEPT = `title: To be kept
inputs:
  least: { select: [0, 50] }
queries:
  points: select label, n from accuracy where n >= $least order by n
charts:
  - { mark: bar, query: points, x: label, y: n, title: neurons of each }
  - { mark: text, text: no rows }
`;

/** Quick as it is shown; with its other value it never ends. */
const SLOW = `title: Slow
inputs:
  slow: { select: [0, 1] }
queries:
  many: select count(*) as n from ${"abcdefghijklmnopq"
    .split("")
    .map((one) => `accuracy ${one}`)
    .join(", ")} where $slow = 1
charts:
  - { mark: number, query: many, value: n, title: how many }
`;

/** What the console asks elsewhere, hands out as files, and looks through. */
describe("the console asks and hands out as the command line does", needs("chromium"), () => {
  let { world, served, browser, page, complaints } = {} as Visited;
  before(async () => {
    ({ world, served, browser, page, complaints } = await visitConsole());
  });
  after(() => leaveConsole({ world, served, browser }));

  const at = (hash: string, shows: string) => goTo(page, hash, shows);
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  /** What is seen, and nothing that axe minds. */
  const told = async (...texts: (string | RegExp)[]) => {
    for (const text of texts) await page.getByText(text).first().waitFor();
    assert.deepEqual(await violations(page), []);
  };
  const keys = async (...all: string[]) => {
    for (const key of all) await page.keyboard.press(key);
  };
  const write = async (sql: string) => {
    await page.locator(".cm-content").click();
    await keys("Control+a", "Delete");
    await page.keyboard.insertText(sql);
  };

  test("Athena: what it needs and costs is said before, its tables, rows with their price, each failure", async () => {
    const asked = () => world.aws.asked.filter((one) => /^(?:sts|glue|athena) /.test(one)).length;
    await at("#/sql", "summary >> text=accuracy");
    await write("select * from words");
    const before = asked();
    await page.getByLabel("Ask").selectOption("athena");
    await told(
      "A query on Athena costs $5.00 (estimate, prices of 2022-12-13) for each TB",
      /in us-east-1, in the workgroup primary, of the tables of demo in Glue's catalog/,
      "Ask Glue for them",
    );
    await page.waitForURL(/on=athena/);
    assert.equal(await page.getByLabel("database").getAttribute("placeholder"), "demo");
    const takes = await page.getByRole("button", { name: "Run" }).getAttribute("aria-describedby");
    assert.match((await page.locator(`#${takes}`).textContent()) ?? "", /\$5\.00/);
    assert.equal(asked(), before, "nothing is asked before somebody asks");

    await press("Ask Glue for them");
    await page.click("summary >> text=words");
    await told("s3://data/words/", "bigint");
    assert.equal(world.athena.sql.length, 0);
    await press("Run");
    await page.waitForSelector("td >> text=9007199254740993");
    await told(/^2 rows in .*; 3\.2 GB scanned, \$0\.015 \(estimate, prices of 2022-12-13\)$/);
    assert.equal(world.athena.sql.at(-1), "select * from words");

    // An address says all of it, and asks nothing by itself.
    await at("#/runs", "text=runs shown");
    await at(
      "#/sql?sql=select nothing&on=athena&database=demo&results=s3://mine/here",
      ".cm-content",
    );
    await told(/in S3, s3:\/\/mine\/here until it is read/);
    assert.equal(world.athena.sql.length, 1);
    assert.equal(await page.getByLabel("results").inputValue(), "s3://mine/here");
    await press("Run");
    await told(/Athena cannot run this query: COLUMN_NOT_FOUND/);
    await page.getByLabel("results").fill("");
    await page.getByLabel("database").fill("none");
    await page.waitForURL(/database=none$/);
    await press("Ask Glue for them");
    await told("None there: mayfly athena tables makes them");
    await press("Run");
    await told(/there is no place for the result, and no table in "none"/, /say --results/);
    await write("drop table words");
    await press("Run");
    await told(/only what reads is allowed/);
    await at("#/sql?on=athina", 'text=cannot run SQL on "athina"');
    await told(/did you mean "athena"/);
  });

  test("Athena: a query that is cancelled is stopped there, by the keyboard alone", async () => {
    await at("#/runs", "text=runs shown");
    await at("#/sql?sql=select 'endless'&on=athena", "text=for each TB");
    await page.waitForSelector(".editor:focus");
    await keys("Control+Enter");
    await page.waitForSelector("text=Asking");
    await eventually("the query in Athena", async () =>
      world.athena.sql.at(-1)?.includes("endless") ? true : undefined,
    );
    await keys("Tab", "Enter");
    await told("The query was cancelled. What Athena has read until then is paid for.");
    const id = `query-${world.athena.sql.length}`;
    await eventually("its end in Athena", async () =>
      world.athena.stopped.has(id) ? true : undefined,
    );
    assert.deepEqual(
      complaints.splice(0).filter((text) => !text.startsWith("Failed to load resource")),
      [],
    );
  });

  test("a dashboard is downloaded as one page, each chart as PNG, SVG and CSV, as the commands make them", async () => {
    writeFileSync(join(world.project, "kept-dashboard.yaml"), KEPT);
    const download = async (press: () => Promise<void>) => {
      const [one] = await Promise.all([page.waitForEvent("download"), press()]);
      await told(`${one.suggestedFilename()} was handed to the browser.`);
      return { name: one.suggestedFilename(), bytes: readFileSync(await one.path()) };
    };
    const cli = (...args: string[]) => mayfly(["dashboard", ...args], world.project, world.env);
    await at("#/dashboards?file=kept-dashboard.yaml", "g[aria-label=bar] rect");
    await page.locator("g[aria-label=bar] rect").last().hover();
    await page.waitForSelector("g[aria-label=tip] text");
    assert.deepEqual(await violations(page), [], "what a pointer shows has its role, too");
    await page.getByText("Charts as PNG, SVG or CSV").click();
    await told("one HTML file with its data", "neurons of each");
    assert.equal(await page.getByRole("button", { name: "CSV of text 2" }).count(), 0);

    // With what is chosen, as --input says it.
    await page.getByLabel("least").selectOption("50");
    await eventually("fewer bars", async () =>
      (await page.locator("g[aria-label=bar] rect").count()) === 3 ? true : undefined,
    );
    const html = await download(() => press("Download"));
    assert.equal(html.name, "kept-dashboard.html");
    const input = ["kept-dashboard.yaml", "--input", "least=50"];
    const built = await cli("build", ...input);
    assert.equal(built.code, 0, built.err);
    const kept = join(world.project, html.name);
    const dataOf = (text: string) => /id="mayfly-data">(.*?)<\/script>/.exec(text)?.[1] ?? "";
    const [ours, theirs] = [html.bytes.toString(), readFileSync(kept, "utf8")].map((text) =>
      text.replace(/"at":\d+/, ""),
    );
    assert.equal(ours, theirs);
    assert.match(dataOf(ours ?? ""), /"value":50/);
    const other = await browser.newPage();
    await other.goto(`file://${kept}`);
    await other.waitForSelector("g[aria-label=bar] rect");
    await other.close();

    const exported = await cli(
      "export",
      ...input,
      "--format",
      "png",
      "--format",
      "svg",
      "--format",
      "csv",
    );
    assert.equal(exported.code, 0, exported.err);
    for (const format of ["png", "svg", "csv"]) {
      const one = await download(() => press(`${format.toUpperCase()} of neurons of each`));
      assert.equal(one.name, `01-neurons-of-each.${format}`);
      assert.ok(one.bytes.equals(readFileSync(join(world.project, "dashboard", one.name))), format);
    }
    await page.getByLabel("pictures light on dark").check();
    const dark = await download(() => press("SVG of neurons of each"));
    const light = readFileSync(join(world.project, "dashboard", dark.name));
    assert.ok(!dark.bytes.equals(light));
  });

  test("a download says why there is none, and is cancelled by the keyboard alone", async () => {
    await at("#/dashboards?file=dashboard.yaml", "g[aria-label=bar] rect");
    await press("Download");
    await told(/cannot ask the query "wrong" of ".*dashboard\.yaml":4:10: .*nowhere/);
    await page.getByText("Charts as PNG, SVG or CSV").click();
    await press("PNG of Nothing to see");
    await told(/cannot export the chart "Nothing to see": .*nowhere/);
    writeFileSync(join(world.project, "slow-dashboard.yaml"), SLOW);
    await at("#/dashboards?file=slow-dashboard.yaml", "h2 >> text=how many");
    const focus = () => page.evaluate<string>('document.activeElement?.textContent ?? ""');
    const tabTo = async (name: string) => {
      for (let i = 0; i < 40 && (await focus()) !== name; i++) await keys("Tab");
      assert.equal(await focus(), name);
    };
    await tabTo("Download");
    await keys("Enter");
    await told("The page is being made");
    await tabTo("Cancel");
    await keys("Enter");
    await told("The page was not made: it was cancelled.");
    // Who shares its process is not kept waiting.
    await at("#/dashboards?file=kept-dashboard.yaml", "g[aria-label=bar] rect");
    assert.deepEqual(
      complaints.splice(0).filter((text) => !text.startsWith("Failed to load resource")),
      [],
    );
  });

  test("a narrow window has no page that is wider than it", async () => {
    await page.setViewportSize({ width: 420, height: 800 });
    for (const [hash, shows] of [
      ["#/sql?on=athena", "text=for each TB"],
      ["#/sql?on=spark", "text=A driver of Spark starts"],
      ["#/dashboards?file=dashboard.yaml", "text=Charts as PNG"],
      ["#/storage/check?uri=landing", "text=Nothing was looked at yet."],
    ] as const) {
      await at(hash, shows);
      assert.deepEqual(await violations(page), [], hash);
      const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert.ok(Number(wide) <= 0, `${hash} is ${wide} pixels too wide`);
    }
    await press("Check");
    await told("1 file not as the others.");
    const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    assert.ok(Number(wide) <= 0, `a report is ${wide} pixels too wide`);
    await page.setViewportSize({ width: 1200, height: 800 });
  });

  test("data check: the findings of the command, where files agree and where they do not", async () => {
    const write = (name: string, text: string) => {
      mkdirSync(join(world.project, "in"), { recursive: true });
      writeFileSync(join(world.project, "in", name), text);
    };
    for (const name of ["a.csv", "b.csv"]) write(name, "n,word\n1,one\n2,two\n");
    await at("#/storage?uri=in/", "text=a.csv");
    await page.getByRole("link", { name: "Check", exact: true }).click();
    await told("Nothing was looked at yet.", "a request or two where it lies in S3");
    await press("Check");
    await told("All agree.", "Group 1: 2 files", "a plain read will do");

    write("c.csv", "n,more\n1,0.5\n");
    write("empty.csv", "");
    symlinkSync("/etc/passwd", join(world.project, "in/z.csv"));
    await press("Check");
    const command = await mayfly(["data", "check", "in", "--json"], world.project, world.env);
    const report = JSON.parse(command.out) as Report;
    assert.ok(report.differ.length > 0 && report.spark.length > 0);
    await told("Not as the others", "Not looked into", "Empty, which Spark does not mind");
    const text = (await page.locator("main").textContent()) ?? "";
    for (const { uri, problems } of report.differ.filter(({ uri }) => !uri.endsWith("z.csv")))
      for (const one of [uri, ...problems.map((problem) => problem.text)])
        assert.ok(text.includes(one), one);
    assert.match(text, /z\.csv.*it cannot be read: .* is not below the project/);
    assert.doesNotMatch(text, /root:/);
    await page.getByLabel("files at most").fill("2");
    await press("Check");
    await told(/5 files, .*, 2 of them looked at, evenly spread/);
  });

  test("data check: what cannot be checked is told; one that takes long is cancelled by the keyboard alone", async () => {
    await at("#/storage/check", "text=Check of data");
    const asks = async (uri: string, ...says: (string | RegExp)[]) => {
      await page.getByLabel("Path, pattern or URI").fill(uri);
      await press("Check");
      await told(...says);
    };
    await page.getByLabel("files at most").fill("10000");
    await asks("", "cannot check data: no place is named");
    await asks("nowhere", /cannot check .*nowhere": it does not exist|no such/);
    await asks("/etc", "is not below the project");
    await asks("s3://resalts/x", /there is no bucket/);
    mkdirSync(join(world.project, "hollow"));
    await asks("hollow", "there is no file", "mayfly fs ls -r");
    await page.getByLabel("files at most").fill("many");
    await asks("in", 'cannot read --files "many"');

    for (let i = 0; i < 40; i++) world.aws.put(`held/${i}.csv`, "n\n1\n");
    const held = Promise.withResolvers<void>();
    world.gate.before = async ({ operation }) => {
      if (/^GET \/held\/\d+\.csv/.test(operation)) await held.promise;
      return true;
    };
    const live = await world.open(0, true);
    try {
      await page.goto(`${live.address()}&page=/storage/check?uri=s3://held/`);
      await page.waitForSelector("text=Nothing was looked at yet.");
      await keys("/");
      await keys("Enter");
      await told(/^Checking: \d+ of 40 files looked at\.$/);
      const focus = () => page.evaluate<string>('document.activeElement?.textContent ?? ""');
      for (let i = 0; i < 10 && (await focus()) !== "Cancel"; i++) await keys("Tab");
      await keys("Enter");
      held.resolve();
      await told('the check of "s3://held/" was cancelled');
      await press("Check");
      await told("All agree.", /^40 files, /);
    } finally {
      held.resolve();
      delete world.gate.before;
      await live.close();
    }
    assert.deepEqual(
      complaints.splice(0).filter((text) => !text.startsWith("Failed to load resource")),
      [],
    );
  });
});
