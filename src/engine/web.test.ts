import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";
import { MADE_FROM } from "./web.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const IMPORT = /^(?:import|export) (?!type )(?:[^;]*? from )?"(\.[^"]+)";/gm;

/** All that the build takes in: types are gone by then. */
function reached(files: string[], seen = new Set<string>()): Set<string> {
  for (const file of files) {
    if (seen.has(file) || !/\.tsx?$/.test(file)) continue;
    seen.add(file);
    const found = [...readFileSync(file, "utf8").matchAll(IMPORT)];
    reached(
      found.map(([, path = ""]) => join(dirname(file), path)),
      seen,
    );
  }
  return seen;
}

test("a change in whatever the pages import asks for another build", () => {
  const names = readdirSync(join(ROOT, "web"), { recursive: true, encoding: "utf8" });
  const pages = names.filter((name) => !/\.test\.ts$/.test(name));
  const all = [...reached(pages.map((name) => join(ROOT, "web", name)))].map((file) =>
    relative(ROOT, file),
  );
  assert.ok(all.includes("src/base/format.ts"));
  const unseen = all.filter((file) => !MADE_FROM.some((folder) => file.startsWith(`${folder}/`)));
  assert.deepEqual(unseen, []);
});
