import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeProject } from "../../../test/support/query/project.ts";
import { KEYS, openTerminal, type Terminal } from "../../../test/support/terminal/pty.ts";

const project = makeProject({ words: { "a.csv": "n,word\n1,one\n2,two\n" } });
const env = { ...process.env, ...project.env, XDG_STATE_HOME: join(project.path, "state") };
const open = () =>
  openTerminal(
    [process.execPath, join(import.meta.dirname, "../bin.ts"), "sql"],
    project.path,
    env,
  );
const { up, tab, ctrlC, ctrlD, enter } = KEYS;
const HISTORY = join(project.path, "state/mayfly/sql-history");
let terminal: Terminal;

after(() => {
  terminal.end();
  project.remove();
});

test("at a terminal: statements over lines, completion, a query that is ended, what was typed before", async () => {
  terminal = open();
  await terminal.type("", /1 table .*\nsql> $/);
  // What is typed together is pasted: a Tab in it is a Tab.
  await terminal.type("sel", "sel");
  await terminal.type(tab, "select ");
  await terminal.type("word fr", "word fr");
  await terminal.type(tab, "from ");
  await terminal.type("wo", "wo");
  await terminal.type(tab, "from words");
  await terminal.type(` -- which; of them${enter}`, "...> ");
  const rows = await terminal.type(`where word <> ';' and n = 2;${enter}`, /1 row, .*\nsql> $/);
  assert.match(rows, /word\n─+\ntwo\n1 row/);
  await terminal.type(`/* a comment; which${enter}`, "...> ");
  await terminal.type(
    `goes on */ select 7 * 6 as a; select 1 as b;${enter}`,
    /42\n1 row(?:.|\n)*1\n1 row/,
  );
  await terminal.type(`select wrd from words;${enter}`, /did you mean "word"\?\nsql> $/);
  await terminal.type(`.schema wrds${enter}`, /there is no table "wrds"\n.*did you mean "words"/);
  await terminal.type(`.schema words${enter}`, /word +VARCHAR/);
  await terminal.type(
    `select sum(a.range * b.range) from range(10000000) a, range(1000000) b;${enter}`,
    / s$/,
  );
  await terminal.type(ctrlC, /the query was cancelled\nsql> $/);
  await terminal.type(`select 1,${enter}`, "...> ");
  await terminal.type(ctrlC, /\^C .*\nsql> $/);
  await terminal.type(`select 'after';${enter}`, /after\n1 row, .*\nsql> $/);
  await terminal.type(ctrlD, /\n$/);
  assert.equal(await terminal.left(), 0);
  assert.equal(statSync(HISTORY).mode & 0o777, 0o600);
  const kept = readFileSync(HISTORY, "utf8");
  assert.deepEqual(kept.split("\n").slice(0, 2), [
    "select word from words where word <> ';' and n = 2;",
    "select 7 * 6 as a; select 1 as b;",
  ]);

  terminal = open();
  await terminal.type("", /sql> $/);
  await terminal.type(up, "select 'after';");
  await terminal.type(up, "select 1,");
  await terminal.type(up, "select sum(a.range");
  for (let i = 0; i < 3; i++) await terminal.type(up, /words;?|wrd|wrds/);
  await terminal.type(up, "select 7 * 6 as a; select 1 as b;");
  await terminal.type(up, "select word from words where word <> ';' and n = 2;");
  await terminal.type(enter, /two\n1 row, .*\nsql> $/);
  await terminal.type(`exit${enter}`);
  assert.equal(await terminal.left(), 0);
});
