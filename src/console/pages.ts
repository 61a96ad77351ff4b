import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { Hono } from "hono";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The built pages, by the names that they have: no path of an address ever reaches the disk. */
export function pageRoutes(folder: string): Hono {
  const app = new Hono();
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => extname(name) in TYPES)
    .map((name) => name.split("\\").join("/"));
  for (const name of files) {
    app.get(name === "index.html" ? "/" : `/${name}`, (c) => {
      const type = TYPES[extname(name)] ?? "";
      // Names of what is built from sources change with their content.
      const cache = name.startsWith("assets/") ? "max-age=31536000, immutable" : "no-store";
      return c.body(readFileSync(join(folder, name)), 200, {
        "Content-Type": type,
        "Cache-Control": cache,
      });
    });
  }
  return app;
}
