import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

interface Locked {
  dev?: boolean;
  optionalDependencies?: Record<string, string>;
}

test("the lock has every system's part of the packages that Mayfly needs: npm ci refuses it otherwise", () => {
  const text = readFileSync(join(import.meta.dirname, "../package-lock.json"), "utf8");
  const { packages } = JSON.parse(text) as { packages: Record<string, Locked> };
  const needed = Object.values(packages).filter(({ dev }) => !dev);
  for (const { optionalDependencies = {} } of needed)
    for (const name of Object.keys(optionalDependencies))
      assert.ok(packages[`node_modules/${name}`], `${name} is not in package-lock.json`);
  assert.ok(needed.some(({ optionalDependencies }) => optionalDependencies));
});
