import type { Browser, Page } from "playwright-core";
import type { Console } from "../../../src/console/console.ts";
import { complaintsOf, openChromium } from "../results/chromium.ts";
import { makeWorld } from "./world.ts";

export interface Visited {
  world: Awaited<ReturnType<typeof makeWorld>>;
  served: Console;
  browser: Browser;
  page: Page;
  complaints: string[];
}

/** A console, and a browser that has signed in to it. */
export async function visitConsole(): Promise<Visited> {
  const world = await makeWorld();
  const served = await world.open();
  const browser = await openChromium();
  const viewport = { width: 1200, height: 800 };
  const page = await (await browser.newContext({ viewport })).newPage();
  page.setDefaultTimeout(20_000);
  const complaints = complaintsOf(page);
  await page.goto(served.address());
  await page.waitForSelector("text=7 runs shown");
  return { world, served, browser, page, complaints };
}

/** Also where it has not come so far. */
export async function leaveConsole({ browser, served, world }: Partial<Visited>): Promise<void> {
  await browser?.close();
  await served?.close();
  await world?.close();
}

export async function goTo(page: Page, hash: string, shows: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await page.waitForSelector(shows);
}
