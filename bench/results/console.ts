import { spawn } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openChromium } from "../../test/support/results/chromium.ts";

/**
 * The console with 10,000 runs and a log of 1 GB: how much memory its process has at most while all of it is looked at, and
 * how long a line takes from the file into the page of a real Chromium.
 */
const ROOT = resolve(import.meta.dirname, "../..");
const [RUNS, LOG_BYTES, LINES] = [10_000, 1e9, 40];
const folder = mkdtempSync(join(tmpdir(), "mayfly-bench-"));
const rows: [string, string, string][] = [];
const tell = (what: string, figure: string, reach = "") => {
  rows.push([what, figure, reach]);
  console.log(`${what}: ${figure} ${reach}`);
};

const idOf = (i: number) =>
  `20260101-${String(i).padStart(6, "0")}-${i.toString(16).padStart(6, "0")}`;
const LAST = idOf(RUNS - 1);
makeRuns();
makeLog();
const child = spawn(
  process.execPath,
  ["--no-warnings", join(ROOT, "src/cli/bin.ts"), "console", "--no-open"],
  {
    cwd: folder,
    env: { ...process.env, XDG_STATE_HOME: join(folder, "state") },
    stdio: ["ignore", "pipe", "ignore"],
  },
);
const browser = await openChromium();
try {
  const address = String(await new Promise((done) => child.stdout.once("data", done))).trim();
  const page = await browser.newPage();
  const timed = async (what: string, work: () => Promise<unknown>, reach?: string) => {
    const began = performance.now();
    await work();
    tell(
      what,
      `${Math.round(performance.now() - began)} ms; ${memory().now} MB, ${memory().most} MB at most so far`,
      reach,
    );
  };
  await timed("first page of the runs, from the address on", async () => {
    await page.goto(address);
    await page.waitForSelector("text=100 runs shown");
  });
  tell("memory with the first page", `${memory().now} MB`);
  await timed("a filter that reads every record", async () => {
    await page.getByLabel("Filter by").fill("job-77");
    await page.waitForSelector("tbody tr:first-child:has-text('job-77')");
  });
  await timed("the same again", async () => {
    await page.getByLabel("Filter by").fill("job-78");
    await page.waitForSelector("tbody tr:first-child:has-text('job-78')");
  });
  await page.getByLabel("Filter by").fill("");
  for (let i = 0; i < 4; i++) {
    await page.getByText("Show more").click();
    await page.waitForSelector(`text=${(i + 2) * 100} runs shown`);
  }
  await timed("the end of a log of 1 GB", async () => {
    await page.goto(`${page.url().split("#")[0]}#/runs/${LAST}/logs?stream=stdout`);
    await page.waitForSelector("text=the last line");
  });
  await timed("1 GB searched for what stands in its last line only", async () => {
    await page.getByLabel("Search this log").fill("the last line");
    await page.getByRole("button", { name: "Search" }).click();
    await page.waitForSelector("text=1 line in 1.0 GB");
    await page.waitForSelector(".hits a");
  });
  for (let i = 0; i < 20; i++) {
    await page.getByText("Older lines").click();
    await page.waitForTimeout(50);
  }
  await timed("tables of 10,000 runs, and a query", async () => {
    await page.goto(`${page.url().split("#")[0]}#/sql?sql=select 6*7`);
    await page.waitForSelector("summary >> nth=20");
    await page.click("button.main:enabled");
    await page.waitForSelector("td >> text=42");
  });
  tell("most memory of its process", `${memory().most} MB`, "≤ 200 MB");
  await latency();
  tell("most memory of its process, after all", `${memory().most} MB`, "≤ 200 MB");

  async function latency(): Promise<void> {
    await page.goto(`${page.url().split("#")[0]}#/runs/${LAST}/logs?stream=stderr`);
    await page.waitForSelector("text=begins");
    await page.evaluate(`window.seen = new Map();
      new MutationObserver(() => {
        for (const [, n] of (document.querySelector(".log")?.textContent ?? "").matchAll(/line no (\\d+)/g))
          if (!window.seen.has(n)) window.seen.set(n, Date.now());
      }).observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true });`);
    const written: number[] = [];
    for (let i = 0; i < LINES; i++) {
      // Not in step with whoever looks.
      await page.waitForTimeout(230 + ((i * 37) % 100));
      written.push(Date.now());
      appendFileSync(join(folder, `.mayfly/runs/${LAST}/logs/0/stderr.log`), `line no ${i}\n`);
    }
    await page.waitForTimeout(1000);
    const seen = new Map(await page.evaluate<[string, number][]>("[...window.seen]"));
    const late = written.map((at, i) => (seen.get(String(i)) ?? Number.POSITIVE_INFINITY) - at);
    late.sort((a, b) => a - b);
    tell(
      `a log line, from the file into the page: median of ${LINES}`,
      `${late[LINES / 2]} ms`,
      "< 300 ms",
    );
    tell("the slowest of them", `${late.at(-1)} ms`, "< 300 ms");
  }
} finally {
  await browser.close();
  child.kill("SIGINT");
  await new Promise((done) => child.once("exit", done));
  rmSync(folder, { recursive: true, force: true });
}
const table = rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
writeFileSync(
  join(import.meta.dirname, "console.md"),
  `What \`npm run bench:console\` has measured on ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, two cores.\n\n| what | measured | reach |\n|---|---|---|\n${table}\n\nMemory is of the console's own process; DuckDB has one of its own, with a limit.\n`,
);

function memory(): { now: number; most: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  const of = (name: string) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1000);
  return { now: of("VmRSS"), most: of("VmHWM") };
}

function makeRuns(): void {
  const schema = Array.from({ length: 20 }, (_, i) => ({ name: `column_${i}`, type: "double" }));
  mkdirSync(join(folder, ".mayfly/runs"), { recursive: true });
  writeFileSync(join(folder, "mayfly.yaml"), "{}\n");
  for (let i = 0; i < RUNS; i++) {
    const at = join(folder, ".mayfly/runs", idOf(i));
    mkdirSync(at);
    const outputs = [0, 1].map((n) => ({
      ...{ name: `out_${(i + n) % 100}`, uri: `s3://results/out_${i % 100}`, format: "parquet" },
      ...{ path: "", files: 4, bytes: 123_456, rows: 5000, schema },
    }));
    const steps = [0, 1, 2].map((index) => ({
      ...{ index, name: `step ${index} of the job`, kind: "pyspark", state: "succeeded" },
      ...{ startedAt: i * 1000, endedAt: i * 1000 + 900, exitCode: 0, appIds: [`local-${i}`] },
    }));
    const record = {
      ...{
        version: 1,
        id: idOf(i),
        job: `job-${i % 100}`,
        source: "x",
        target: "local",
        kind: "local",
      },
      ...{ state: i % 9 ? "succeeded" : "failed", createdAt: Date.UTC(2026, 0, 1) + i * 1000 },
      ...{ endedAt: Date.UTC(2026, 0, 1) + i * 1000 + 900, steps, outputs },
      request: { job: "x", cwd: folder },
    };
    writeFileSync(join(at, "run.json"), JSON.stringify(record, null, 1));
  }
}

function makeLog(): void {
  const at = join(folder, `.mayfly/runs/${LAST}/logs/0`);
  mkdirSync(at, { recursive: true });
  const file = openSync(join(at, "stdout.log"), "w");
  const block = Array.from(
    { length: 10_000 },
    (_, i) =>
      `26/01/01 INFO Executor: Finished task ${i}.0 in stage 3.0 (TID 17). 1234 bytes result\n`,
  ).join("");
  for (let written = 0; written < LOG_BYTES; written += block.length) writeSync(file, block);
  writeSync(file, "the last line\n");
  closeSync(file);
  writeFileSync(join(at, "stderr.log"), "begins\n");
}
