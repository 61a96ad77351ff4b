import assert from "node:assert/strict";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { goTo, leaveConsole, type Visited, visitConsole } from "../support/console/browser.ts";
import { PAGES } from "../support/console/pages.ts";
import { event, RUNS } from "../support/console/project.ts";
import { eventually } from "../support/eventually.ts";
import { needs } from "../support/needs.ts";
import { violations } from "../support/results/chromium.ts";

/** The console as people meet it: one server and one browser for all of it. */
describe("the console in Chromium", needs("chromium"), () => {
  let { world, served, browser, page, complaints } = {} as Visited;
  before(async () => {
    ({ world, served, browser, page, complaints } = await visitConsole());
  });
  after(() => leaveConsole({ world, served, browser }));

  const at = (hash: string, shows: string, one = page) => goTo(one, hash, shows);
  const run = (id: string, file: string) => join(world.project, ".mayfly/runs", id, file);
  const logged = (fits: (text: string) => boolean) =>
    eventually("the lines in the log", async () =>
      fits((await page.locator(".log").textContent()) ?? "") ? true : undefined,
    );
  /** An error state: what it says, what to do, and nothing that axe minds. */
  const told = async (...texts: (string | RegExp)[]) => {
    for (const text of texts) await page.getByText(text).first().waitFor();
    assert.deepEqual(await violations(page), []);
  };

  test("every page, light and dark: axe finds nothing, the policy keeps nothing out", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      // Only colours differ.
      const rules = colorScheme === "dark" ? ["color-contrast"] : undefined;
      for (const { name, at: hash, shows, clicks = [] } of PAGES) {
        await at("#/nowhere", "text=There is no page");
        await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
        for (const click of clicks) await page.click(click);
        await page.waitForSelector(shows);
        assert.deepEqual(await violations(page, rules), [], `${name}, ${colorScheme}`);
        assert.deepEqual(complaints.splice(0), [], `${name}, ${colorScheme}`);
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
  });

  test("a token is good for one browser, and is in no address afterwards", async () => {
    assert.doesNotMatch(page.url(), /token/);
    const address = served.address();
    const cookies = await page.context().cookies();
    assert.deepEqual(
      cookies.map(({ httpOnly, sameSite }) => [httpOnly, sameSite]),
      [[true, "Strict"]],
    );
    for (const shows of ["text=7 runs shown", "text=Not signed in"]) {
      const other = await browser.newContext();
      const tab = await other.newPage();
      const loaded: Promise<number>[] = [];
      tab.on("response", (answer) => {
        if (!answer.url().includes("/api"))
          loaded.push(answer.body().then((body) => gzipSync(body).length));
      });
      await tab.goto(address);
      await tab.waitForSelector(shows);
      const bytes = (await Promise.all(loaded)).reduce((sum, one) => sum + one, 0);
      assert.ok(bytes > 10_000 && bytes <= 60_000, `the first load has ${bytes} bytes compressed`);
      if (shows.includes("Not"))
        await tab.waitForSelector("text=run it again in the project's folder");
      assert.deepEqual(await violations(tab), []);
      await other.close();
    }
  });

  test("another site's page gets nothing out of it, not even with its cookie", async () => {
    const tab = await page.context().newPage();
    await tab.goto("data:text/html,<title>evil</title>");
    const got = await tab.evaluate(async (port) => {
      const tries = [
        () => fetch(`http://127.0.0.1:${port}/api/runs`, { credentials: "include" }),
        () =>
          fetch(`http://127.0.0.1:${port}/api/sql/saved`, {
            method: "POST",
            mode: "no-cors",
            credentials: "include",
            body: '{"name":"evil","sql":"x"}',
          }),
      ];
      return Promise.all(
        tries.map((one) =>
          one().then(
            (answer) => answer.text(),
            () => "",
          ),
        ),
      );
    }, served.port);
    assert.deepEqual(got, ["", ""]);
    const frame = await tab.evaluate(`new Promise((resolve) => {
      const inner = document.createElement("iframe");
      inner.onload = () => resolve(inner.contentDocument?.title ?? "another origin");
      inner.src = "http://127.0.0.1:${served.port}/";
      document.body.append(inner);
    })`);
    assert.equal(frame, "another origin");
    await tab.close();
    assert.throws(() => readFileSync(join(world.project, "queries/evil.sql")));
  });

  test("runs are filtered and compared; none that fit, none at all", async () => {
    await at("#/runs", "text=7 runs shown");
    await page.getByLabel("State").selectOption("failed");
    await page.waitForSelector("text=1 run shown");
    await page.getByLabel("Filter by").fill("no such");
    await told("No run fits.", "show all of them");
    await page.getByText("show all of them").click();
    for (const id of [RUNS.good, RUNS.failed]) await page.getByLabel(`compare ${id}`).check();
    await page.getByText("Compare two").click();
    await page.waitForSelector("text=train ten networks: failed");
    await at(`#/compare/${RUNS.good}/20260102-030405-ffffff`, "text=cannot find the run");
    await told("Choose two others");
  });

  test("a run is seen live: its stages, its end, and that it was removed", async () => {
    await at(`#/runs/${RUNS.running}`, "text=3 of 8 tasks");
    await page.waitForSelector("dt:text-is('Running for') + dd >> text=/\\d+ (s|min|h|d)/");
    event(world.project, RUNS.running, {
      code: "step.progress",
      step: 1,
      progress: {
        stages: [{ id: 4, name: "fit at train.py:40", done: 7, active: 1, failed: 0, total: 8 }],
      },
    });
    await told("7 of 8 tasks", "$0.310", "http://127.0.0.1:4040");
    await page.waitForSelector("button.danger:enabled");
    const file = run(RUNS.running, "run.json");
    const record = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...record, state: "succeeded", endedAt: Date.now() }));
    await page.waitForSelector("h1 >> text=succeeded");
    await page.waitForSelector("text=Run again");
    rmSync(run(RUNS.running, ""), { recursive: true });
    await told("This run has been removed");
    await at(`#/runs/${RUNS.failed}`, "text=train.py:14");
    await told("Its journal is damaged in line 1", "What it printed");
    await at(`#/runs/${RUNS.damaged}`, "text=is missing or damaged");
    await told("mayfly prune", "All runs");
    await at("#/runs/20260102-030405-ffffff", "text=cannot find the run");
    await told("Try again");
  });

  test("a log is redacted, escaped, searched, walked through and followed", async () => {
    await at(`#/runs/${RUNS.good}/logs?step=1`, "text=row 39999 ");
    const log = page.getByLabel("log", { exact: true });
    const text = (await log.textContent()) ?? "";
    assert.match(text, /password=\*\*\*\n<img src=x onerror=alert\(1\)>\nred\n/);
    assert.doesNotMatch(text, /hunter2|row 100 /);
    assert.equal(await log.locator("img").count(), 0);
    await page.getByLabel("Search this log").fill("ROW 12345 ");
    await page.getByRole("button", { name: "Search" }).click();
    await page.click("text=row 12345 of");
    await page.waitForSelector(".found >> text=row 12345 of");
    await page.getByText("Newer lines").click();
    await page.getByText("Beginning").click();
    await page.waitForSelector("text=row 0 of");
    await page.getByRole("button", { name: "End" }).click();
    await page.waitForSelector("text=row 39999 ");
    await page.getByText("Older lines").click();
    await logged((text) => text.includes("row 34000 "));
    await page.getByLabel("Search this log").fill("hunter2");
    await page.getByRole("button", { name: "Search" }).click();
    await told("nothing found");
    appendFileSync(run(RUNS.good, "logs/1/stdout.log"), "one more, token=abc\nhalf");
    await page.waitForSelector("text=one more, token=***");
    await logged((text) => text.endsWith("half"));
    appendFileSync(run(RUNS.good, "logs/1/stdout.log"), " and the rest\n");
    await logged((text) => text.endsWith("\nhalf and the rest\n"));
    await at(`#/runs/${RUNS.hello}/logs`, "text=This run has printed nothing");
    await at(`#/runs/${RUNS.good}/logs?step=1&stream=stdin`, "text=cannot show the log");
    await told("streams: stdout, stderr, spark");
  });

  test("a run is asked for again, and cancelled, as the command line would", async () => {
    await at(`#/runs/${RUNS.hello}`, "text=Run again");
    await page.getByText("Run again").click();
    await page.waitForURL((url) => !url.hash.includes(RUNS.hello));
    await page.waitForSelector("h1 >> text=succeeded");
    await page.getByText("logs", { exact: true }).click();
    await page.waitForSelector("text=hello again");
    await at(`#/runs/${RUNS.sleeps}`, "text=Run again");
    await page.getByText("Run again").click();
    await page.waitForSelector("h1 >> text=running");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Leave it" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    assert.deepEqual(await violations(page), []);
    await page.getByRole("button", { name: "Cancel the run" }).click();
    await page.waitForSelector("h1 >> text=cancelled");
    await at(`#/runs/${RUNS.good}`, "text=Run again");
    rmSync(join(world.project, "train.py"));
    await page.getByText("Run again").click();
    await told(/cannot (find|run|read).*train\.py/);
  });

  test("outputs are previewed; one that was not written says so", async () => {
    await at(`#/runs/${RUNS.better}/outputs`, "text=Nothing was written there.");
    await page.getByText("First rows").click();
    await page.waitForSelector("text=0.91");
    await at(`#/runs/${RUNS.good}/outputs`, "text=First rows");
    await page.getByText("First rows").click();
    await told(/has written over it|0\.91/);
    await at(`#/runs/${RUNS.failed}/outputs`, "text=This run has no outputs");
    await told("Name places under outputs:");
  });

  test("a cluster shows what it costs, and is closed after a question", async () => {
    await at("#/clusters", "text=Ends when idle for");
    await told("20m", /\$0\.\d+/);
    await page.getByRole("button", { name: "Close" }).click();
    await told("Data in its HDFS is lost");
    await page.getByRole("button", { name: "Close lab" }).click();
    await page.waitForSelector("text=lab was closed.");
    await told("No cluster is open.", "gone: cluster j-");
  });

  test("storage: folders, rows, text, a broken file, up and down", async () => {
    await at("#/storage", "text=mayfly.yaml");
    await page.getByRole("link", { name: "s3://" }).click();
    await page.click("text=results/");
    await page.click("text=notes.txt");
    await page.waitForSelector("text=<b>not bold</b>");
    await page.click("text=broken.parquet");
    await told(/broken\.parquet/, "Close");
    await page.waitForSelector("[role=alert]");
    for (let i = 0; i < 40; i++)
      writeFileSync(join(world.project, `.mayfly/s3/results/many-${i}.txt`), "x");
    const file = join(world.project, "upload me.csv");
    writeFileSync(file, "a,b\n1,2\n");
    await page.setInputFiles("input[type=file]", file);
    await page.getByRole("link", { name: "upload me.csv", exact: true }).click();
    await page.waitForSelector("text=All 1 row.");
    const preview = await page.getByLabel(/^preview of/).boundingBox();
    assert.ok(preview && preview.y < 700, "what a file holds is in sight");
    assert.equal(await page.locator(".crumbs a").count(), 1, "no way to what is not shown");
    await page.waitForSelector("text=upload me.csv is there");
    await page.setInputFiles("input[type=file]", file);
    await told("it is there already");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByLabel("download upload me.csv").click(),
    ]);
    assert.equal(readFileSync(await download.path(), "utf8"), "a,b\n1,2\n");
    for (const [uri, says] of [
      ["s3://resalts/", "there is no bucket"],
      ["hdfs:///nowhere", "it does not exist"],
      ["/etc", "is not below the project"],
      ["s3://results/../../..", "it leaves its folder"],
    ]) {
      await page.getByLabel("Path or URI").fill(uri ?? "");
      await page.getByRole("button", { name: "Go", exact: true }).click();
      await told(says ?? "");
    }
  });

  test("SQL: completion, rows by the thousand, a chart, an error, a cancelled query, a kept one", async () => {
    const ask = async (sql: string) => {
      await page.locator(".cm-content").click();
      await page.keyboard.press("Control+a");
      // Typed over, Chromium would carry the old text's colour along as a style, which the policy keeps out.
      await page.keyboard.press("Delete");
      await page.keyboard.insertText(sql);
      await page.keyboard.press("Control+Enter");
    };
    await at("#/sql", ".cm-content");
    await page.waitForSelector("summary >> text=accuracy");
    await page.locator(".cm-content").click();
    await page.keyboard.type("select * from acc");
    await page.waitForSelector(".cm-tooltip-autocomplete >> text=accuracy");
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press("Escape");
    await ask("select a.n from accuracy a, accuracy b, accuracy c, accuracy d, accuracy e");
    await page.waitForSelector("text=the first 10,000 rows");
    assert.ok((await page.locator(".grid tr").count()) < 100);
    await page.locator(".grid").evaluate((grid) => grid.scrollTo(0, 1e7));
    await page.waitForSelector("[aria-rowindex='10001']");
    assert.deepEqual(await violations(page), []);
    await ask("select label, accuracy from accuracy");
    await page.waitForSelector("text=7 rows");
    await page.getByLabel("chart").check();
    await page.waitForSelector("figure svg[role=img] rect");
    await ask("select labell from accuracy");
    await told(/labell/);
    await ask("select * from read_text('/etc/passwd')");
    await told(/read_text|passwd/);
    await ask("select 1 where 1 = 0");
    await told("The query went well; no row fits.");
    const many = "abcdefghijklmnopq"
      .split("")
      .map((one) => `accuracy ${one}`)
      .join(", ");
    await ask(`select sum(a.n * b.n) from ${many}`);
    await page.waitForSelector("text=Asking");
    await page.getByRole("button", { name: "Cancel" }).click();
    await told("The query was cancelled.");
    await ask("select 41 + 1 as answer");
    await page.waitForSelector("td >> text=42");
    await page.getByLabel("Save under this name").fill("the answer");
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForSelector("button >> text=the answer");
    assert.equal(
      readFileSync(join(world.project, "queries/the answer.sql"), "utf8"),
      "select 41 + 1 as answer\n",
    );
    await page.getByLabel("Save under this name").fill("../evil");
    await page.getByRole("button", { name: "Save" }).click();
    await told("cannot save a query as");
    assert.deepEqual(
      complaints.splice(0).filter((text) => !text.startsWith("Failed to load resource")),
      [],
    );
  });

  test("a dashboard is drawn, asks again for another input, and says what is wrong with it", async () => {
    await at("#/dashboards", "text=broken-dashboard.yaml");
    await told(/the file has no charts/, /"chars" is not a word here/);
    await page.click("text=Of any name");
    await page.waitForSelector("p >> text=here");
    await page.goBack();
    await page.click("text=Accuracy of the networks");
    await page.waitForSelector("g[aria-label=bar] rect");
    await told(/nowhere/, "neurons at least");
    const bars = async () => page.locator("g[aria-label=bar] rect").count();
    assert.equal(await bars(), 7);
    await page.getByLabel("neurons at least").fill("50");
    await eventually("fewer bars", async () => ((await bars()) === 3 ? true : undefined));
    assert.deepEqual(await violations(page), []);
    await at("#/dashboards?file=examples/broken-dashboard.yaml", "text=the file has no charts");
    await at("#/dashboards?file=../../x.yaml", "text=there is none of that name");
    await told("Try again");
  });

  test("the keyboard alone is enough", async () => {
    await at("#/runs", "text=runs shown");
    await page.reload();
    await page.waitForSelector("text=runs shown");
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focus = () => page.evaluate<string>('document.activeElement?.textContent ?? ""');
    await press("g", "r");
    await page.waitForSelector("text=runs shown");
    await press("?");
    await page.waitForSelector("dialog >> text=Ctrl Enter");
    assert.deepEqual(await violations(page), []);
    await press("Escape", "/");
    await page.keyboard.type("bad001");
    await page.waitForSelector("text=1 run shown");
    await press("Escape", "j");
    assert.match(await focus(), /bad001/);
    assert.notEqual(
      await page.evaluate("getComputedStyle(document.activeElement).outlineStyle"),
      "none",
    );
    await press("Enter");
    await page.waitForSelector("text=did you mean");
    for (let i = 0; i < 30 && !(await focus()).startsWith("What it printed"); i++)
      await press("Tab");
    await press("Enter");
    await page.waitForSelector("text=no column labell");
    await press("g", "q");
    await page.waitForSelector(".cm-content");
    await page.waitForSelector(".editor:focus");
    await page.keyboard.insertText("select 6 * 7");
    await press("Control+Enter");
    await page.waitForSelector("td >> text=42");
    await press("Tab");
    assert.equal(await focus(), "Run", "Tab leaves the editor");
    await press("g", "s");
    await page.waitForSelector("text=mayfly.yaml");
    await press("g", "c");
    await page.waitForSelector("text=No cluster is open");
    await press("g", "h");
    await page.waitForSelector("text=struck 2 times");
    await press("g", "d");
    await page.waitForSelector("text=dashboard.yaml");
  });

  test("a console that ends is told; one that comes back asks who is there", async () => {
    await at("#/runs", "text=runs shown");
    const { port } = served;
    await served.close();
    await told("The console does not answer any more.", "mayfly console");
    await at("#/storage", "text=What is shown here is as it was");
    served = await world.open(port);
    await told("Not signed in", "mayfly console");
    await page.goto(served.address());
    await page.waitForSelector("text=runs shown");
  });

  test("a project without runs says how to make one", async () => {
    rmSync(join(world.project, ".mayfly/runs"), { recursive: true });
    await told("No runs yet.", "mayfly run my-script.py");
    await at("#/sql", "text=None yet: the outputs of runs");
    await told("Saved queries");
  });
});
