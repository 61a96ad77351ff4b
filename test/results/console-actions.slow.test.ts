import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { examine } from "../../src/engine/doctor.ts";
import { rememberProject } from "../../src/engine/project.ts";
import { unmarkActive } from "../../src/engine/runs/records.ts";
import { goTo, leaveConsole, type Visited, visitConsole } from "../support/console/browser.ts";
import { makeProject, RUNS } from "../support/console/project.ts";
import { needs } from "../support/needs.ts";
import { violations } from "../support/results/chromium.ts";

/** What the console does as `doctor`, `warm`, `prune`, `prices`, `plan`, `up`, `resize`, `extend`, `down`, `reap` do it. */
describe("the console acts as the command line does", needs("chromium"), () => {
  let { world, served, browser, page, complaints } = {} as Visited;
  before(async () => {
    ({ world, served, browser, page, complaints } = await visitConsole());
  });
  after(() => leaveConsole({ world, served, browser }));

  const at = (hash: string, shows: string, one = page) => goTo(one, hash, shows);
  const press = (name: string, one = page) =>
    one.getByRole("button", { name, exact: true }).click();
  /** What is seen, and nothing that axe minds. */
  const told = async (...texts: (string | RegExp)[]) => {
    for (const text of texts) await page.getByText(text).first().waitFor();
    assert.deepEqual(await violations(page), []);
  };
  const journal = (name: string) =>
    readFileSync(join(world.root, "state/mayfly/clusters", name, "journal.jsonl"), "utf8");
  const asked = (operation: string) =>
    world.aws.asked.filter((one) => one === `elasticmapreduce ${operation}`).length;

  test("doctor: on demand, the checks of the command line, with what to do", async () => {
    await at("#/machine", "text=Nothing was looked at yet.");
    await told("Nothing is fetched or changed.");
    await press("Examine");
    await told(/^Ready, as of/);
    const checks = await examine(world.project);
    const rows = await page.locator("tbody th").allTextContents();
    assert.deepEqual(
      rows,
      checks.map(({ what }) => what),
    );
    const before = process.env.MAYFLY_CACHE;
    process.env.MAYFLY_CACHE = join(world.project, "train.py");
    try {
      await press("Examine again");
      await told(/1 thing missing/, "make it readable and writable for you");
    } finally {
      if (before === undefined) delete process.env.MAYFLY_CACHE;
      else process.env.MAYFLY_CACHE = before;
    }
  });

  test("warm drivers: listed with age and memory, stopped after a question; why none can be started", async () => {
    await at("#/machine/warm", "td >> text=ready");
    await told(/^1 min \d+ s$/, world.project);
    await press("Stop");
    await press("Leave it");
    await press("Stop");
    await told("The next run starts a driver of its own.");
    await press("Stop 1 warm driver");
    await told("1 warm driver ended", "No warm drivers.");
    await page.getByLabel("With the settings of").selectOption("hello");
    await press("Start one");
    await told("no step of it is Spark", "name another job");
  });

  test("prices: filtered, asked for, and each way in which they are not to be had", async () => {
    await at("#/prices?region=eu-west-3", "text=prices of your own:");
    await page.getByLabel("Filter by instance type").fill("m5.xl");
    await told("1 price, in dollars", "$0.224", "ec2instances.info");
    await page.getByLabel("Region").selectOption("us-east-1");
    await told("$0.192");
    assert.match(page.url(), /type=m5\.xl&region=us-east-1/);
    await page.getByLabel("Filter by instance type").fill("m9.xlarge");
    await told('No price is known of "m9.xlarge"', "pricing:GetProducts");
    await press("Ask AWS");
    await told(
      "AWS was asked for m9.xlarge in us-east-1.",
      "AWS does not say clearly: EMR's part of m9.xlarge in us-east-1",
      "$0.321",
      "published 2026-11-01",
    );
    await page.getByLabel("Filter by instance type").fill("m8.xlarge");
    await press("Ask AWS");
    await told(/AWS has none for m8\.xlarge/, "are the type and the region written right?");
    const own = join(world.root, "config/mayfly/prices.yaml");
    mkdirSync(join(own, ".."), { recursive: true });
    writeFileSync(own, "of: 2026-03-01\n");
    await at("#/prices", "text=it has no from:");
    await told("docs/prices.md", "Try again");
    rmSync(own);
    await press("Try again");
    await page.waitForSelector("text=prices of your own:");
  });

  test("plan: in all places, in one, with its line and permissions; and then run", async () => {
    await at("#/plan", "text=No job is chosen.");
    await told("touches nothing");
    await page.getByRole("link", { name: "one-off" }).click();
    await told("warnings: 3", "$0 (estimate)");
    await page.getByRole("link", { name: "small" }).click();
    await told("What would be done", "aws emr create-cluster", /^warning: /, "$0.120");
    await page.getByText("The permissions it needs").click();
    await told(/"elasticmapreduce:RunJobFlow"/);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy" }).first().click();
    await told("copied");
    const line = await page.evaluate<string>("navigator.clipboard.readText()");
    assert.match(line, /^aws emr create-cluster \\\n {2}--region us-east-1/);
    await page.getByLabel("takes").fill("2");
    await press("Plan");
    await told("the job takes 2 h, as --hours says");
    await page.getByLabel("takes").fill("soon");
    await press("Plan");
    await told('cannot read --hours "soon"');
    await at("#/plan?job=nothing", "text=cannot run");
    await at("#/plan?job=one-off&on=small", "text=Run it");
    await press("Run it");
    await told("It costs money: $0.120");
    await press("Leave it");
    await at("#/plan?job=hello", "text=Run it");
    await page.getByRole("button", { name: "Run it" }).dblclick();
    await page.waitForSelector("h1 >> text=succeeded");
    await at("#/runs?text=hello", "text=2 runs shown");
  });

  test("a receipt is whole or says why not; runs of every project; why a history cannot be opened", async () => {
    await at(`#/runs/${RUNS.good}`, "text=Open its history");
    await told("whole: nothing of it remains", "its processes");
    await press("Open its history");
    await told(
      /cannot open the history of run .*it has no event log/,
      "no step of it started Spark",
    );
    await at(`#/runs/${RUNS.running}`, "text=none: it has not ended");
    const elsewhere = join(world.root, "other");
    makeProject(elsewhere);
    rememberProject(elsewhere);
    await at("#/runs", "text=of every project");
    await page.getByLabel("of every project").check();
    await told(elsewhere, /15 in all/);
    rmSync(elsewhere, { recursive: true });
  });

  test("a cluster opens after its quote and a question, once for two tabs; is changed, and closed", async () => {
    await at("#/clusters?do=open", "text=What it would be");
    await page.getByLabel("Name").fill("small");
    await press("What it costs");
    await told("a target or a kind has this name", "take another name");
    await page.getByLabel("Name").fill("den");
    await page.getByLabel("ends itself after").fill("4h");
    await press("What it costs");
    await told("$3.00", "at most: it ends itself after 4 h 0 min", "leave it, until it is idle");
    assert.equal(asked("RunJobFlow"), 1, "a quote opens nothing");
    const other = await (await browser.newContext()).newPage();
    await other.goto(`${served.address()}&page=${new URL(page.url()).hash.slice(1)}`);
    await other.waitForSelector("text=What would be done");
    for (const one of [page, other]) await press("Open den", one);
    await told("It costs $0.751 an hour from now on");
    const confirm = (one: Page) =>
      one.getByRole("dialog").getByRole("button", { name: "Open den", exact: true });
    await Promise.all([confirm(page).dblclick(), confirm(other).click()]);
    for (const one of [page, other]) await one.waitForSelector("h1 >> text=den idle");
    assert.equal(asked("RunJobFlow"), 2);
    assert.match(journal("den"), /"do":"create-cluster"/);
    await told("mayfly:cluster", "answers nobody here", "arn:aws:iam::123456789012:user/somebody");

    await press("Extend");
    await press("Extend", other);
    await press("Extend den by 1h");
    await told(/den ends itself at \d{4}/);
    await press("Extend den by 1h", other);
    await other.getByText("its end has been changed meanwhile").waitFor();
    assert.equal(journal("den").match(/"do":"set-ttl"/g)?.length, 1, "two tabs extend it once");
    assert.match(journal("den"), /"seconds":18000/);
    await page.getByLabel("Let it live longer by").fill("long");
    await press("Extend");
    await press("Extend den by long");
    await told('cannot read the time "long"');
    await page.getByLabel("Workers").fill("3");
    await press("Resize");
    await told("more workers cost more");
    await press("Resize den to 3");
    await told("den is to have 3 workers");
    assert.match(journal("den"), /"do":"resize-cluster".*"count":3/);
    await page.getByLabel("Workers").fill("0");
    await press("Resize");
    await press("Resize den to 0");
    await told("its core instances hold HDFS, and at least one stays");

    await at("#/clusters", "text=lab");
    await at("#/clusters?do=open&name=den&on=small", "button:has-text('Open den')");
    await press("Open den");
    await confirm(page).click();
    await told(/a cluster of this name is open/, /mayfly down den/);
    await at("#/clusters/den", "h1 >> text=den idle");
    for (const one of [page, other]) await press("Close", one);
    // The question of the second goes with the cluster.
    const both = [page, other].map((one) =>
      one.getByText("Close den").last().dispatchEvent("click"),
    );
    await Promise.all(both);
    for (const one of [page, other]) await one.waitForSelector("text=den was closed.");
    await told(/gone: cluster j-/);
    await other.context().close();
    await at("#/clusters/dem", "text=cannot find the cluster");
    await told("Try again");
  });

  test("what was left is shown first, with why it stays; only that ends, after a question", async () => {
    await at("#/clusters?do=left", "text=Nothing was looked for yet.");
    await told("Nothing ends before a question.");
    await press("Look");
    await told("it was opened to stay, as lab", "0 things to be ended, 3 that stay");
    assert.ok(await page.getByRole("button", { name: "End these" }).isDisabled());
    await page.getByLabel("older than").fill("yesterday");
    await press("Look");
    await told('cannot read the age "yesterday"');
    await page.getByLabel("older than").fill("");
    await page.getByLabel("of this owner").fill("arn:of:another");
    await press("Look");
    await told("arn:aws:iam::123456789012:user/somebody is its owner");
    await page.getByLabel("of this owner").fill("");
    await page.getByLabel("also clusters").check();
    await press("Look");
    await told("3 things to be ended, 0 that stay");
    await press("End these");
    await told("Data in HDFS is lost.");
    await page.getByRole("dialog").getByRole("button", { name: "End 3 things" }).click();
    await told(/gone: cluster j-/, /gone: security group/);
    await press("Look");
    await told("Nothing is left of ours.");
    await at("#/clusters", "text=No cluster is open.");
    await press("Look in the account");
    await told("The account was asked");
  });

  test("prune: what would go and its size, a question, and then no more than was shown", async () => {
    mkdirSync(join(world.root, "cache/sql"), { recursive: true });
    writeFileSync(join(world.root, "cache/sql/x"), "x".repeat(5000));
    await at("#/machine/prune?older=30d", "text=6 items");
    await page.getByLabel("the shared caches too").check();
    await told(`run ${RUNS.running} is using them`, "mayfly wait");
    unmarkActive(world.project, RUNS.running);
    await press("Try again");
    await told("8 items", "cache sql/x");
    await page.getByLabel(`remove run ${RUNS.good}`).uncheck();
    await told("7 items");
    await press("Remove");
    await told("It cannot be taken back.");
    await press("Leave it");
    assert.ok(existsSync(join(world.root, "cache/sql/x")));
    await press("Remove");
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Remove / })
      .dblclick();
    await told("removed 7 items,", "0 items, 0 B");
    assert.ok(!existsSync(join(world.root, "cache/sql/x")));
    assert.ok(existsSync(join(world.project, ".mayfly/runs", RUNS.good)));
    await page.getByLabel("Runs older than").selectOption("7d");
    await at("#/machine/prune?older=9999d", "text=Nothing to remove.");
    writeFileSync(join(world.root, "cache/mine.txt"), "mine");
    await at("#/machine/prune?cache=1", "text=it is not Mayfly's alone");
    await told("move that away", "Try again");
    await at("#/machine/prune?older=soon", "text=cannot read the age");
  });

  test("the keyboard alone is enough", async () => {
    const keys = async (...all: string[]) => {
      for (const key of all) await page.keyboard.press(key);
    };
    const focus = () => page.evaluate<string>('document.activeElement?.textContent ?? ""');
    const tabTo = async (name: string) => {
      for (let i = 0; i < 40 && (await focus()) !== name; i++) await keys("Tab");
      assert.equal(await focus(), name);
    };
    await at("#/runs", "text=shown");
    await keys("g", "m");
    await page.waitForSelector("h1 >> text=This machine");
    await tabTo("prune");
    await keys("Enter");
    await page.waitForSelector("text=Runs older than");
    await keys("g", "p");
    await page.waitForSelector("text=prices of your own:");
    await keys("/");
    await page.keyboard.type("m5.4xl");
    await page.waitForSelector("text=1 price");
    await keys("Escape", "g", "l");
    await page.waitForSelector("text=No job is chosen.");
    await keys("j", "Enter");
    await page.waitForSelector("text=Of note");
    await keys("j", "j", "Enter");
    await page.waitForSelector("text=What would be done");
    await tabTo("Run it");
    await keys("Enter");
    await page.waitForSelector("dialog >> text=It costs money");
    await keys("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    await keys("g", "c");
    await page.waitForSelector("text=No cluster is open.");
    await tabTo("Open one");
    await keys("Enter");
    await page.waitForSelector("text=Open a cluster");
    await keys("/");
    await page.keyboard.type("den");
    await keys("Enter");
    await page.waitForSelector("text=What would be done");
    assert.deepEqual(await violations(page), []);
  });

  test("a narrow window has no page that is wider than it", async () => {
    await page.setViewportSize({ width: 420, height: 800 });
    for (const [hash, shows] of [
      ["#/machine/doctor", "text=Examine"],
      ["#/machine/warm", "text=No warm drivers."],
      ["#/machine/prune?older=0d", "text=What"],
      ["#/prices", "text=prices of your own:"],
      ["#/plan?job=one-off&on=small", "text=What would be done"],
      ["#/clusters?do=open&name=den&on=small", "text=What would be done"],
      ["#/clusters?do=left", "text=Nothing is left of ours."],
    ] as const) {
      await at(hash, shows);
      assert.deepEqual(await violations(page), [], hash);
      const wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert.ok(Number(wide) <= 0, `${hash} is ${wide} pixels too wide`);
    }
    await page.setViewportSize({ width: 1200, height: 800 });
  });

  test("an AWS that does not answer is told, with what to do", async () => {
    await world.aws.close();
    await at("#/clusters?do=left", "text=Look");
    await press("Look");
    await page.getByRole("alert").waitFor();
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(
      complaints.splice(0).filter((text) => !text.startsWith("Failed to load resource")),
      [],
    );
  });
});
