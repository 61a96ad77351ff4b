import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { CHROMIUM } from "../needs.ts";

/** Debian's Chromium, without a window; as root it has no sandbox. */
export const openChromium = (): Promise<Browser> =>
  chromium.launch({
    ...{ executablePath: CHROMIUM, args: ["--no-sandbox"] },
    // A test may send one to the command that it has started in this process.
    handleSIGINT: false,
  });

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Everything that a page complains of: errors of its scripts, and what its policy has kept out. */
export function complaintsOf(page: Page): string[] {
  const all: string[] = [];
  page.on("pageerror", (error) => all.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") all.push(message.text());
  });
  return all;
}

/** What axe finds in a page; evaluated, because the page's policy lets no script in. */
export async function violations(page: Page, runOnly?: string[]): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async (rules) => {
    const { run } = (globalThis as unknown as { axe: { run(wish: object): Promise<Found> } }).axe;
    const found = await run(rules ? { runOnly: rules } : {});
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`,
    );
  }, runOnly);
}

interface Found {
  violations: { id: string; nodes: { html: string }[] }[];
}
