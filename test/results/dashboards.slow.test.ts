import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { main } from "../../src/cli/main.ts";
import { ioInto, makeFolder, mayfly } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { needs } from "../support/needs.ts";
import { openChromium, violations } from "../support/results/chromium.ts";
import { EVERY_MARK, HOSTILE, TABLES } from "../support/results/every-mark.ts";
import { ranProject } from "../support/results/project.ts";
import { startRclone } from "../support/servers/rclone.ts";

/** Dashboards from file to browser: built, opened from the disk, exported, published. */
const folder = makeFolder({ "dashboard.yaml": EVERY_MARK });
const built = join(folder.path, "dashboard.html");
const chromium = needs("chromium");
let browser: Browser | undefined;
before(async () => {
  ranProject(folder.path, TABLES);
  const said = await mayfly(["dashboard", "build"], folder.path);
  assert.equal(said.code, 0, said.err);
  assert.equal(said.out, `${built}\n`);
  if (!chromium.skip) browser = await openChromium();
});
after(async () => {
  await browser?.close();
  folder.remove();
});

interface Opened {
  page: Page;
  /** What the page has tried to load beside itself, and what it has complained of. */
  asked: string[];
  complaints: string[];
}

async function open(url: string, scheme: "light" | "dark", width = 1400): Promise<Opened> {
  assert.ok(browser);
  const page = await browser.newPage({ colorScheme: scheme, viewport: { width, height: 900 } });
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => void (request.url() === url || asked.push(request.url())));
  page.on("console", (message) => void complaints.push(message.text()));
  page.on("pageerror", (error) => void complaints.push(error.message));
  await page.goto(url);
  await page.waitForSelector(".mf-card");
  return { page, asked, complaints };
}

const MARKED: [title: string, shapes: string, least: number][] = [
  ["Lines", "g[aria-label=line] path", 3],
  ["Areas", "g[aria-label=area] path", 3],
  ["Bars", "g[aria-label=bar] rect", 4],
  ["Lying bars", "g[aria-label=bar] rect", HOSTILE.length],
  ["Dots", "g[aria-label=dot] circle", 12],
  ["Dots of a ramp", "g[aria-label=dot] circle", 225],
  ["Heat of numbers", "g[aria-label=rect] rect", 200],
  ["Heat of names", "g[aria-label=cell] rect", 12],
  ["Contour", "g[aria-label=contour] path", 5],
  ["Surfaces", "g[aria-label=rect] rect", 6],
  ["Histogram", "g[aria-label=rect] rect", 20],
  ["Table", "tbody tr", HOSTILE.length],
  ["Total", ".mf-big", 1],
  ["Text", "p", 2],
  ["Empty", ".mf-empty", 1],
];

for (const scheme of ["light", "dark"] as const)
  test(`each mark is drawn from the disk, ${scheme}; nothing is loaded, nothing breaks out, axe finds nothing`, {
    ...chromium,
  }, async () => {
    const { page, asked, complaints } = await open(`file://${built}`, scheme);
    for (const [title, shapes, least] of MARKED) {
      const card = page.locator("figure", {
        has: page.getByRole("heading", { name: title, exact: true }),
      });
      const count = await card.locator(shapes).count();
      assert.ok(count >= least, `${title}: ${count} ${shapes}`);
    }
    assert.equal(await page.locator(".mf-problem").count(), 0);
    // The decision surface has 675 cells in 3 facets; neighbours of one kind are one.
    const surface = page.locator(".mf-is-surface g[aria-label=rect] rect");
    assert.ok((await surface.count()) < 100);
    const rows = page.locator(".mf-is-table td:first-child");
    assert.deepEqual((await rows.allTextContents()).slice(0, HOSTILE.length), HOSTILE);
    assert.doesNotMatch(await page.title(), /^owned$/);
    assert.equal(await page.locator("main img, main script, main b, main i").count(), 0);
    assert.equal(await page.locator("details summary").count(), 11);
    await page.locator("details summary").first().click();
    // A browser tells that it is open a little later.
    await page.locator("details .mf-table tbody tr").first().waitFor();
    assert.equal(await page.locator("details .mf-table tbody tr").count(), 12);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual({ asked, complaints }, { asked: [], complaints: [] });
    await page.close();
  });

test("inputs choose among the results that the page carries, also with the keyboard and on a narrow screen", {
  ...chromium,
}, async () => {
  const { page } = await open(`file://${built}`, "light", 420);
  const total = page.locator(".mf-big");
  assert.match((await total.textContent()) ?? "", /^114 €/);
  await page.getByLabel("Shop").focus();
  await page.keyboard.press("ArrowDown");
  await total.filter({ hasText: /^58 €/ }).waitFor();
  await page.getByLabel("Until").fill("2026-01-02");
  const lines = page.locator("figure", { hasText: "Lines" }).first();
  await lines.locator("summary").click();
  // A browser tells that it is open a little later.
  await lines.locator("tbody tr").first().waitFor();
  assert.equal(await lines.locator("tbody tr").count(), 6);
  await page.getByLabel("At least").focus();
  await page.keyboard.press("ArrowRight");
  await lines.locator("summary").click();
  await lines.locator("tbody tr").first().waitFor();
  assert.equal(await lines.locator("tbody tr").count(), 6);
  const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
  assert.ok(wide <= 420, `the page is ${wide} wide`);
  await page.close();
});

test("served, it asks again: when an input moves, by itself, and when a query was wrong", {
  ...chromium,
}, async () => {
  assert.ok(browser);
  const text = (column: string) => `title: Live
refresh: 1s
inputs: { n: { range: [0, 100], default: 12, label: More than } }
queries:
  q: select count(*) as c from sales where amount > $n
  w: select ${column} from sales
charts:
  - { title: Count, query: q, mark: number, value: c }
  - { title: Table, query: w, mark: table }
`;
  const file = join(folder.path, "live.dashboard.yaml");
  writeFileSync(file, text("nowhere"));
  const said = { out: "", err: "" };
  const served = main(
    ["dashboard", "serve", file, "--no-open"],
    ioInto(said, folder.path, process.env),
  );
  await eventually("the address", async () => said.out.includes("\n") || undefined);
  try {
    const page = await browser.newPage();
    await page.goto(said.out.trim());
    assert.match(page.url(), /#\/dashboards\?file=live\.dashboard\.yaml$/);
    const count = page.locator(".mf-big");
    await count.filter({ hasText: /^11$/ }).waitFor();
    await page.getByLabel("More than").fill("20");
    await count.filter({ hasText: /^6$/ }).waitFor();
    // The other chart says what is wrong with its query, until it is mended in the file.
    const wrong = page.locator(".mf-is-table .mf-problem");
    assert.match((await wrong.textContent()) ?? "", /nowhere/);
    writeFileSync(file, text("shop"));
    await page.locator(".mf-is-table tbody tr").first().waitFor();
    assert.deepEqual(await violations(page), []);
    await page.close();
  } finally {
    process.emit("SIGINT");
  }
  assert.equal(await served, 0, said.err);
});

test("a query with more combinations than a page carries keeps one of them, and says so", {
  ...chromium,
}, async () => {
  const text = `title: Many
inputs: { n: { range: [0, 1000], default: 12 } }
queries: { q: select count(*) as c from sales where amount > $n }
charts: [{ title: Count, query: q, mark: number, value: c }]
`;
  writeFileSync(join(folder.path, "many.yaml"), text);
  const said = await mayfly(["dashboard", "build", "many.yaml"], folder.path);
  assert.match(said.err, /the page holds one value of n/);
  const { page } = await open(`file://${join(folder.path, "many.html")}`, "light");
  assert.equal(await page.getByRole("slider", { name: "n" }).isDisabled(), true);
  assert.match((await page.locator(".mf-field").textContent()) ?? "", /results of this value only/);
  await page.close();
});

test("what is wrong with the results is told with its place in the file", async () => {
  const cases: [string, RegExp][] = [
    [
      "y: amounts",
      /"[^"]+bad.yaml":4:\d+: the query "q" brings no column "amounts"\n {2}did you mean "amount"/,
    ],
    ["y: amount, best: { max: costs }", /bad.yaml":4:\d+: .*"costs"/],
  ];
  for (const [words, expected] of cases) {
    const text = `title: Bad
queries: { q: select * from sales }
charts:
  - { query: q, mark: line, x: day, ${words} }
`;
    writeFileSync(join(folder.path, "bad.yaml"), text);
    const said = await mayfly(["dashboard", "build", "bad.yaml"], folder.path);
    assert.equal(said.code, 2);
    assert.match(said.err.replace("mayfly: ", ""), expected);
  }
  const text =
    "title: Bad\nqueries:\n  q: select * from sale\ncharts: [{ query: q, mark: table }]\n";
  writeFileSync(join(folder.path, "bad.yaml"), text);
  const said = await mayfly(["dashboard", "build", "bad.yaml"], folder.path);
  assert.equal(said.code, 2);
  assert.match(said.err, /the query "q" of ".*bad.yaml":3:6: .*sale/);
  assert.ok(!existsSync(join(folder.path, "bad.html")));
});

test("what no file of XML may hold is drawn as what it is, and is exported", async () => {
  const sql = "select chr(1) || chr(27) || chr(65534) || 'A' as x, 1 as y";
  const text = `title: A\nqueries: { q: "${sql}" }\ncharts: [{ mark: bar, query: q, x: x, y: y }]\n`;
  writeFileSync(join(folder.path, "control.yaml"), text);
  const said = await mayfly(
    ["dashboard", "export", "control.yaml", "-o", "control", "--format", "svg", "--format", "png"],
    folder.path,
  );
  assert.equal(said.code, 0, said.err);
  assert.match(readFileSync(join(folder.path, "control/01-bar.svg"), "utf8"), /\ufffd+A</);
});

test("each chart is exported without a browser: drawing, picture, data", async () => {
  const formats = ["png", "svg", "csv"].flatMap((one) => ["--format", one]);
  const said = await mayfly(
    ["dashboard", "export", "-o", "out", "--dark", ...formats],
    folder.path,
  );
  assert.equal(said.code, 0, said.err);
  const files = readdirSync(join(folder.path, "out"));
  assert.equal(files.filter((name) => name.endsWith(".svg")).length, 15);
  assert.equal(files.filter((name) => name.endsWith(".png")).length, 15);
  assert.equal(files.filter((name) => name.endsWith(".csv")).length, 14);
  const read = (name: string) => readFileSync(join(folder.path, "out", name));
  for (const name of files.filter((one) => one.endsWith(".png"))) {
    const png = read(name);
    assert.equal(png.subarray(1, 4).toString(), "PNG");
    assert.equal(png.readUInt32BE(16), 1280, name);
  }
  const svg = read("04-lying-bars.svg").toString();
  assert.equal([...svg.matchAll(/<rect [^>]*x="\d+(?:\.\d+)?"/g)].length >= HOSTILE.length, true);
  assert.doesNotMatch(svg, /<script|<img|<style|var\(/);
  assert.match(read("12-table.csv").toString(), /^name,n\n<\/script>.*,1\n"<img src=x onerror=""/);
  if (!browser) return;
  // A browser draws the same file, and has nothing to complain of.
  const page = await browser.newPage();
  await page.goto(`file://${join(folder.path, "out/10-surfaces.svg")}`);
  assert.ok((await page.locator("g[aria-label=rect] rect").count()) >= 6);
  await page.close();
});

test("a published page is opened by its link, and by nobody without one", async () => {
  const data = join(folder.path, "bucket");
  mkdirSync(join(data, "results"), { recursive: true });
  const server = await startRclone(data);
  try {
    const place = "s3://results/charts/every.html";
    const publish = (...args: string[]) =>
      mayfly(["dashboard", "publish", place, ...args], folder.path, server.env);
    const said = await publish("--expires", "1h");
    assert.equal(said.code, 0, said.err);
    assert.match(
      said.err,
      /private; a month of it costs under \$0\.0001 \(estimate, prices of \d{4}/,
    );
    const link = said.out.trim();
    assert.equal(new URL(link).searchParams.get("X-Amz-Expires"), "3600");
    const answer = await fetch(link);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type") ?? "", /^text\/html/);
    assert.equal(
      await answer.text(),
      readFileSync(join(data, "results/charts/every.html"), "utf8"),
    );
    assert.ok((await fetch(link.split("?")[0] ?? "")).status >= 400);
    if (browser) {
      const { page, asked, complaints } = await open(link, "light");
      assert.equal(await page.locator(".mf-card").count(), 15);
      assert.deepEqual(
        { asked: asked.filter((url) => !url.endsWith("/favicon.ico")), complaints },
        { asked: [], complaints: [] },
      );
      await page.close();
    }
    const turned = ["dashboard", "publish", "dashboard.yaml", place, "--input", "no=1"];
    assert.match((await mayfly(turned, folder.path, server.env)).err, /cannot set the input "no"/);
    const long = await publish("--expires", "8d");
    assert.equal(long.code, 2);
    assert.match(long.err, /"8d"\n {2}.*seven days/);
    const short = await publish("--expires", "1s");
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.ok((await fetch(short.out.trim())).status >= 400);
  } finally {
    await server.stop();
  }
});
