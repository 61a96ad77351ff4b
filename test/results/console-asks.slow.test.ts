import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { goTo, leaveConsole, type Visited, visitConsole } from "../support/console/browser.ts";
import { eventually } from "../support/eventually.ts";
import { needs } from "../support/needs.ts";
import { violations } from "../support/results/chromium.ts";

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
    assert.match(page.url(), /on=athena/);
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
    assert.match(page.url(), /database=none$/);
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
});
