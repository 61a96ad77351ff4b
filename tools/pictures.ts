import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildDashboard, writePage } from "../src/engine/dashboard/build.ts";
import { openChromium } from "../test/support/results/chromium.ts";

/**
 * `docs/pictures/`: the dashboards of the examples as Chromium shows them, after a run of each. pictures.ts [--from FOLDER]
 * takes runs that are there already, in a copy of examples/.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const EXAMPLES = ["one-off", "flights", "wordcount", "cities"];
const at = process.argv.indexOf("--from");
const given = at > 0 ? process.argv[at + 1] : undefined;
const temporary = mkdtempSync(join(tmpdir(), "mayfly-pictures-"));
const examples = given === undefined ? join(temporary, "examples") : resolve(given);
const pictures = join(root, "docs/pictures");
mkdirSync(pictures, { recursive: true });
if (given === undefined) cpSync(join(root, "examples"), examples, { recursive: true });
const browser = await openChromium();
try {
  for (const name of EXAMPLES) {
    const cwd = join(examples, name);
    if (given === undefined)
      execFileSync(join(root, "mayfly"), ["run", "."], { cwd, stdio: "inherit" });
    const { html } = await buildDashboard({ inputs: {}, cwd, env: process.env });
    const page = await browser.newPage({ viewport: { width: 1000, height: 600 } });
    const file = join(pictures, `dashboard-${name}.png`);
    await page.goto(`file://${writePage(html, `${name}.html`, temporary)}`);
    // When it was asked is not the picture's matter.
    await page.evaluate("document.querySelector('.mf-status').textContent = ''");
    await page.screenshot({ path: file, fullPage: true });
    console.log(`${file}: ${Math.round(statSync(file).size / 1000)} KB`);
  }
} finally {
  await browser.close();
  rmSync(temporary, { recursive: true });
}
