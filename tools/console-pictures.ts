import { mkdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../src/base/places.ts";
import { stopSpares } from "../src/engine/warm.ts";
import { PAGES } from "../test/support/console/pages.ts";
import { makeWorld } from "../test/support/console/world.ts";
import { openChromium } from "../test/support/results/chromium.ts";
import { readySpare } from "../test/support/spark/spare.ts";

/** `docs/pictures/console-*.png`: every page of the console as Chromium shows it, of a project made for that. */
const pictures = fileURLToPath(new URL("../docs/pictures", import.meta.url));
mkdirSync(pictures, { recursive: true });
const world = await makeWorld();
// A driver as it really waits.
await stopSpares(world.env);
await readySpare(world.project);
const served = await world.open();
const browser = await openChromium();
try {
  const viewport = { width: 1100, height: 640 };
  const page = await (await browser.newContext({ viewport, reducedMotion: "reduce" })).newPage();
  await page.goto(served.address());
  await page.waitForSelector("text=7 runs shown");
  // Where it was made is not the picture's matter.
  const names = [
    [world.project, "/home/me/demo"],
    [join(world.root, "config"), "/home/me/.config"],
    [cacheFolder(), "/home/me/.cache/mayfly"],
    [homedir(), "/home/me"],
  ];
  const place = `for (const one of document.querySelectorAll("body *")) for (const text of one.childNodes)
    if (text.nodeType === 3) for (const [from, to] of ${JSON.stringify(names)}) text.data = text.data.replaceAll(from, to)`;
  for (const { name, at, shows, clicks = [] } of PAGES) {
    await page.emulateMedia({ colorScheme: name === "run-failed" ? "dark" : "light" });
    await page.evaluate(`location.hash = "#/nowhere"`);
    await page.waitForSelector("text=There is no page");
    await page.evaluate(`location.hash = ${JSON.stringify(at)}`);
    for (const click of clicks) await page.click(click);
    await page.waitForSelector(shows);
    await page.evaluate(place);
    const path = join(pictures, `console-${name}.png`);
    await page.screenshot({ path });
    console.log(`${path}: ${Math.round(statSync(path).size / 1000)} KB`);
  }
} finally {
  await browser.close();
  await served.close();
  await stopSpares(world.env);
  await world.close();
}
