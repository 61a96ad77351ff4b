import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { ioInto } from "../../../test/support/cli.ts";
import { makeProject, RUN } from "../../../test/support/query/project.ts";
import { main } from "../main.ts";

const project = makeProject({
  words: { "a.csv": "n,word\n1,one\n2,two\n" },
  lines: { "a.csv": "line\nold\n" },
});
const LATER = "20260102-040506-abc124";
project.run(LATER, { words: { "a.csv": "n,word\n3,three\n" } });
after(() => project.remove());

async function sql(args: string[], ...pieces: string[]) {
  const said = { out: "", err: "" };
  const io = ioInto(said, project.path, { ...process.env, ...project.env });
  async function* input() {
    yield* pieces;
  }
  const code = await main(["sql", ...args], pieces.length > 0 ? { ...io, input } : io);
  return { code, ...said };
}

test("statements that are piped in run one after the other, also in pieces of one letter", async () => {
  const text =
    '-- first; of them\nselect \'a;b\' as a; /* a ; b */ select "c;d" from (select 1 as "c;d"); select $$;$$ as e -- no end; here';
  const whole = await sql(["--format", "csv"], text);
  assert.deepEqual([whole.code, whole.out], [0, "a\na;b\nc;d\n1\ne\n;\n"]);
  assert.deepEqual(await sql(["--format", "csv"], ...text), whole);
  const wrong = await sql([], "select 1 as a; selec 2; select 3 as c;");
  assert.equal(wrong.code, 2);
  assert.match(wrong.out, /^a\n─\n1\n$/);
  assert.deepEqual(await sql([], "-- nothing;\n"), { code: 0, out: "", err: "" });
});

test("--run takes the outputs of one run; what was written over says by whom", async () => {
  assert.equal((await sql(["from words", "--format", "csv"])).out, "n,word\n3,three\n");
  const old = await sql(["from lines", "--run", RUN.slice(-6), "--format", "csv"]);
  assert.equal(old.out, "line\nold\n");
  const { code, err } = await sql(["from words", "--run", RUN]);
  assert.equal(code, 2);
  assert.match(err, new RegExp(`run ${LATER} has written over it`));
  assert.match((await sql(["from lines", "--run", LATER])).err, /no table "lines"/);
  assert.match(
    (await sql(["from lines", "--run", "nothing"])).err,
    /cannot find the run "nothing"/,
  );
});

test("words with a dot, as the statement of a command, too", async () => {
  const { out } = await sql([".tables"]);
  assert.match(out, /^TABLE .*\nwords .*abc124.*\nlines .*abc123/);
  assert.match((await sql([".schema words"])).out, /\nn +BIGINT\nword +VARCHAR\n$/);
  assert.match((await sql([".schema wrds"])).err, /no table "wrds"\n.*did you mean "words"/);
  assert.match((await sql([".tabels"])).err, /there is no ".tabels"\n.*".tables"/);
});

test("a result goes into a bucket, and into no folder of that name", async () => {
  const before = readdirSync(project.path);
  for (const name of ["s3://out/kept/words.csv", "hdfs:///kept/words.csv"]) {
    const { code, err } = await sql(["from words", "--out", name]);
    assert.equal(code, 0, err);
    assert.match(err, new RegExp(`^${name}, `));
    assert.equal((await sql([`from '${name}'`, "--format", "csv"])).out, "n,word\n3,three\n");
  }
  const { code, err } = await sql(["from words", "--out", "gs://out/words.csv"]);
  assert.equal(code, 2);
  assert.match(err, /gs:\/\/ is not known here/);
  assert.match((await sql(["from words", "--out", "s3://uot/w.csv"])).err, /no bucket "uot"/);
  assert.deepEqual(readdirSync(project.path), before);
});

test("one result a file, and all of it", async () => {
  const file = join(project.path, "w.csv");
  assert.match((await sql(["from words", "--out", "w.csv", "--limit", "1"])).err, /has all rows/);
  assert.ok(!existsSync(file));
  const { code, err } = await sql(["--out", "w.csv"], "from words; from lines;");
  assert.equal(code, 2);
  assert.match(err, /cannot write a second result into "w.csv"/);
  assert.equal(readFileSync(file, "utf8"), "n,word\n3,three\n");
});
