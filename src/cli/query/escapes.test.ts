import assert from "node:assert/strict";
import { test } from "node:test";
import type { Rows } from "../../engine/query/open.ts";
import type { Io } from "../command.ts";
import { showResult } from "./result.ts";

const HOSTILE = "\u001b]0;owned\u0007\u009b31m\u202e";

test("nothing of a name, a cell or a plan moves a terminal's cursor or changes its title", async () => {
  let shown = "";
  const show = (text: string) => {
    shown += text;
  };
  const terminal = { in: true, out: true, err: false, columns: 200 };
  const io = { out: show, err: show, terminal, ready: async () => {} } as Partial<Io> as Io;
  const columns = ["a", HOSTILE].map((name) => ({ name, type: "VARCHAR" }));
  const answer: Rows = {
    ...{ columns, more: false, ms: 1 },
    rows: [[HOSTILE, `a box\n│ ${HOSTILE} │`]],
  };
  for (const sql of ["select 1", "explain select 1"])
    await showResult({ rows: async () => answer }, sql, "table", {}, io);
  assert.doesNotMatch(shown, /(?!\n)\p{Cc}|\u202e/u);
  assert.match(shown, /a box\n│ \\u\{1b\}.* │\n/, "a plan keeps its lines");
});
