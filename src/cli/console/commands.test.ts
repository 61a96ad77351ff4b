import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { COMMANDS } from "../index.ts";

test("the console's page says of every command where it is, or why it is not", () => {
  const text = readFileSync(new URL("../../../docs/console.md", import.meta.url), "utf8");
  const [, table = ""] = text.split("## The commands, and where they are");
  const rows = [...(table.split("\n## ")[0]?.matchAll(/^\| (`.*`) \| (.+) \|$/gm) ?? [])];
  const named = rows.flatMap(([, words = ""]) =>
    [...words.matchAll(/`(\w+)`/g)].map(([, one]) => one),
  );
  assert.deepEqual(named.sort(), Object.keys(COMMANDS).sort());
});
