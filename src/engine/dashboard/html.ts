import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "../../model/dashboard/results.ts";
import { webFolder } from "../web.ts";

/** A page that lies alone: its data, its script and its styles are in it, and it may load nothing else. */
export async function pageHtml(page: Page): Promise<string> {
  const folder = join(await webFolder(), "dashboard");
  const script = inScript(readFileSync(join(folder, "main.js"), "utf8"));
  const style = readFileSync(join(folder, "main.css"), "utf8");
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="referrer" content="no-referrer">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(page.spec.title)}</title>`,
    `<style>${style}</style>`,
    "</head>",
    '<body class="mf-page">',
    '<main class="mf-dashboard"><noscript>This page draws its charts with JavaScript.</noscript></main>',
    `<script type="application/json" id="mayfly-data">${escapeJson(page)}</script>`,
    `<script>${script}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

const hashOf = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

/** JSON in which nothing can be read as markup, or as the end of a line of JavaScript. */
export function escapeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** In the strings of a script these mean the same. */
const inScript = (text: string) =>
  text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
