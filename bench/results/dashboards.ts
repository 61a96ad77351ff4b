import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { dashboardData } from "../../src/engine/dashboard/ask.ts";
import { findDashboard } from "../../src/engine/dashboard/find.ts";
import { openProjectQuery } from "../../src/engine/query/open.ts";
import { openChromium } from "../../test/support/results/chromium.ts";

/**
 * The dashboard of the one-off example: built, refreshed and drawn. dashboards.ts [--runs N] [--from FOLDER], a copy of
 * examples/one-off that has run; without, it is run first.
 */
const LAUNCHER = resolve(import.meta.dirname, "../../mayfly");
const value = (name: string) =>
  process.argv.includes(`--${name}`)
    ? process.argv[process.argv.indexOf(`--${name}`) + 1]
    : undefined;
const runs = Number(value("runs") ?? 10);
const temporary = mkdtempSync(join(tmpdir(), "mayfly-bench-"));
const page = join(temporary, "page.html");
const given = value("from");
const cwd = given ?? join(temporary, "one-off");

const rows: [what: string, times: number[], reach: string][] = [];
const timed = async (what: string, reach: string, work: () => unknown) => {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const began = performance.now();
    const ms = await work();
    times.push(typeof ms === "number" ? ms : performance.now() - began);
  }
  rows.push([what, times, reach]);
};

try {
  if (given === undefined) {
    cpSync(resolve(import.meta.dirname, "../../examples/one-off"), cwd, { recursive: true });
    execFileSync(LAUNCHER, ["run", "."], { cwd, stdio: "inherit" });
  }
  const build = () =>
    execFileSync(LAUNCHER, ["dashboard", "build", "-o", page], { cwd, stdio: "ignore" });
  build();
  await timed("`mayfly dashboard build`, the whole command", "", build);

  const { file, project } = await findDashboard(undefined, cwd);
  const query = await openProjectQuery(project, process.env);
  await dashboardData(project, file, {}, query);
  await timed("refreshed: every query asked again, warm", "< 200 ms", () =>
    dashboardData(project, file, {}, query),
  );
  query.close();

  const browser = await openChromium();
  const cpu: number[] = [];
  await timed("drawn: from opening the file to the first picture", "< 1 s", async () => {
    const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const client = await tab.context().newCDPSession(tab);
    await client.send("Performance.enable", { timeDomain: "threadTicks" });
    await tab.goto(`file://${page}`);
    await tab.waitForTimeout(300);
    const painted = await tab.evaluate<number>(
      "performance.getEntriesByName('first-contentful-paint')[0].startTime",
    );
    const { metrics } = await client.send("Performance.getMetrics");
    cpu.push(1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0));
    await tab.close();
    return painted;
  });
  rows.push(["of that, at work in the page's thread", cpu, ""]);
  await browser.close();
} finally {
  rmSync(temporary, { recursive: true });
}

const median = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
console.log(`${runs} runs, load ${loadavg()[0]?.toFixed(1)}\n`);
console.log("| what | median, ms | least | reach |\n|---|---|---|---|");
for (const [what, times, reach] of rows)
  console.log(
    `| ${what} | ${median(times)?.toFixed(0)} | ${Math.min(...times).toFixed(0)} | ${reach} |`,
  );
