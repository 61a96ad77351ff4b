import "../support/spark/fast-spark.ts";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../src/index.ts";
import { copy } from "../../src/storage/move/copy.ts";
import { openStores } from "../../src/storage/open.ts";
import { finish } from "../conformance/suite.ts";
import { makeFolder, mayfly } from "../support/cli.ts";
import { type HdfsServer, startHdfs } from "../support/servers/hdfs.ts";
import { type S3Server, startRclone } from "../support/servers/rclone.ts";

/** `mayfly fs` against a real HDFS; Hadoop's own client reads what it wrote, and the reverse. */
const folder = makeFolder();
process.env.XDG_STATE_HOME = join(folder.path, "state");
const here = (...names: string[]) => join(folder.path, ...names);
let server: HdfsServer;
let s3: S3Server;
before(async () => {
  mkdirSync(here("s3/bucket"), { recursive: true });
  [server, s3] = await Promise.all([startHdfs(folder.path), startRclone(here("s3"))]);
  await hdfs("-mkdir", "-p", `/user/${server.user}`, "/open");
  await hdfs("-chmod", "1777", "/open");
});
after(async () => {
  await Promise.all([server.stop(), s3.stop()]);
  folder.remove();
});

const fs = (verb: string, ...args: string[]) =>
  mayfly(["fs", verb, ...args, "--webhdfs", server.url], folder.path, s3.env);
const hdfs = async (...args: string[]) => {
  const { code, out } = await server.hadoop("fs", args);
  assert.equal(code, 0, `hdfs dfs ${args.join(" ")}: ${out}`);
  return out;
};
const done = async (verb: string, ...args: string[]) => {
  const said = await fs(verb, ...args);
  assert.equal(said.code, 0, said.err);
  return said;
};
const sha = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
const uris = (text: string) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { uri: string }).uri);

const NAMES = [
  "plain",
  "a b",
  "é日本🙂",
  "plus+",
  "per%cent",
  "a%20b",
  "quo\"te's",
  "a=b&c",
  "semi;colon",
  "ques?tion",
  "ha#sh",
  "back\\slash",
  "st*r",
  "_hidden",
  ".dot",
  "deep/fo l%d;r+/x",
  "n".repeat(240),
  "empty",
];

test("names of every kind go up and come back as they were; Hadoop's own client knows them by the same", async () => {
  for (const name of NAMES) {
    mkdirSync(dirname(here("names", name)), { recursive: true });
    writeFileSync(here("names", name), name === "empty" ? "" : name);
  }
  await done("cp", "-r", "names", "hdfs:///names");
  const listed = uris((await done("find", "hdfs:///names", "--json")).out);
  assert.deepEqual(listed.sort(), NAMES.map((name) => `hdfs:///names/${name}`).sort());
  const theirs = await hdfs("-find", "/names");
  for (const name of NAMES) assert.ok(theirs.split("\n").includes(`/names/${name}`), name);
  await hdfs("-get", "/names", here("theirs"));
  await done("cp", "-r", "hdfs:///names", "back");
  for (const name of NAMES)
    for (const copied of ["back", "theirs"])
      assert.equal(sha(here(copied, name)), sha(here("names", name)), `${copied}: ${name}`);
  await hdfs("-put", here("names"), "/put");
  await done("cp", "-r", "hdfs:///put", "put");
  for (const name of NAMES) assert.equal(sha(here("put", name)), sha(here("names", name)), name);
  for (const [path, why] of [
    ["a:b", /InvalidPath/],
    ["a/../b", /no names with/],
    ["a//b", /no names with/],
  ] as const) {
    const refused = await fs("mkdir", `hdfs:///names/${path}`);
    assert.deepEqual([refused.code, why.test(refused.err)], [2, true], refused.err);
  }
});

test("files of no bytes, of one, and of several blocks are the same on both sides", async () => {
  const sizes = { zero: 0, one: 1, large: 50_000_001 };
  for (const [name, bytes] of Object.entries(sizes)) {
    writeFileSync(here(name), randomBytes(bytes));
    await done("cp", name, "hdfs:///sizes/");
    await hdfs("-get", `/sizes/${name}`, here(`${name}.theirs`));
    await done("cp", `hdfs:///sizes/${name}`, `${name}.ours`);
    for (const end of ["theirs", "ours"])
      assert.equal(sha(here(`${name}.${end}`)), sha(here(name)), `${name} ${end}`);
  }
  assert.deepEqual(JSON.parse((await done("du", "hdfs:///sizes", "--json")).out), [
    { uri: "hdfs:///sizes", files: 3, bytes: 50_000_002 },
  ]);
  assert.ok((await done("head", "-n", "1", "hdfs:///sizes/large")).out.length > 0);
  await done("cp", "one", "hdfs:///sizes/large");
  assert.equal(
    (await hdfs("-du", "/sizes/large")).split(" ")[0],
    "1",
    "it takes the old one's place",
  );
});

test("more files than one answer holds are all listed, counted, copied and removed", async () => {
  const names = Array.from({ length: 2500 }, (_, i) => `/many/k${i}`);
  await hdfs("-mkdir", "/many");
  await hdfs("-touchz", ...names);
  assert.equal(uris((await done("ls", "hdfs:///many", "--json")).out).length, 2500);
  assert.match((await done("cp", "-r", "hdfs:///many", "many")).err, /^copied 2,500 files/);
  assert.match(
    (await done("rm", "-r", "hdfs:///many", "--dry-run")).err,
    /would remove 2,500 files/,
  );
  assert.match(
    (await done("rm", "-r", "hdfs:///many", "--skip-trash")).err,
    /^removed 2,500 files\n/,
  );
  for (let i = 0; i < 2500; i++) truncateSync(here("many", `k${i}`), i % 7);
  const some = ["--exclude", "*", "--include", "k30*"];
  assert.match((await done("cp", "-r", "many", "hdfs:///many", ...some)).err, /^copied 11 files/);
  assert.match(await hdfs("-count", "/many"), /^ +1 +11 /);
});

test("every word of mayfly fs", async () => {
  writeFileSync(here("lines"), "1\n2\n3\n");
  await done("mkdir", "hdfs:///v/a/b");
  await done("cp", "lines", "hdfs:///v/a");
  assert.equal((await done("cat", "hdfs:///v/a/lines")).out, "1\n2\n3\n");
  assert.equal((await done("head", "-n", "2", "hdfs://any-host:8020/v/a/lines")).out, "1\n2\n");
  assert.deepEqual(uris((await done("ls", "hdfs:///v/*/lin*", "--json")).out), [
    "hdfs:///v/a/lines",
  ]);
  assert.deepEqual(uris((await done("ls", "hdfs:///v/a", "--json")).out), [
    "hdfs:///v/a/b/",
    "hdfs:///v/a/lines",
  ]);
  await done("mv", "hdfs:///v/a/lines", "hdfs:///v/new/place/moved");
  assert.equal(await hdfs("-cat", "/v/new/place/moved"), "1\n2\n3\n");
  assert.equal((await fs("stat", "hdfs:///v/a/lines")).code, 2);
  await done("mv", "-r", "hdfs:///v/new", "hdfs:///v/newer");
  assert.deepEqual(uris((await done("find", "hdfs:///v", "--json")).out), [
    "hdfs:///v/newer/place/moved",
  ]);
  const [host] = /[^/]+$/.exec(server.url) ?? [];
  const direct = await mayfly(["fs", "cat", `webhdfs://${host}/v/newer/place/moved`], folder.path);
  assert.equal(direct.out, "1\n2\n3\n", direct.err);
  const laptop = await mayfly(["fs", "ls", "hdfs:///v"], folder.path);
  assert.match(laptop.err, /"hdfs:\/\/\/v": it does not exist/, "without --webhdfs, a folder here");
});

test("a job on the laptop reads and writes it by the URI that Hadoop has for it", async () => {
  const job = `import sys
from pyspark import SparkContext
sc = SparkContext()
sc.textFile(sys.argv[1] + "/lines").map(lambda line: line * 2).saveAsTextFile(sys.argv[1] + "/out")
`;
  writeFileSync(here("job.py"), job);
  await done("cp", "lines", "hdfs:///open/job/lines");
  await hdfs("-chmod", "777", "/open/job");
  const args = [`webhdfs://${new URL(server.url).host}/open/job`];
  const { outcome, text } = await finish(await run({ job: "job.py", cwd: folder.path, args }));
  assert.equal(outcome.exitCode, 0, text("stderr"));
  assert.equal((await done("cat", "hdfs:///open/job/out/part-00000")).out, "11\n22\n");
});

test("chmod, and what stat says of it", async () => {
  await done("cp", "lines", "hdfs:///mode/below/lines");
  await done("chmod", "750", "hdfs:///mode");
  await done("chmod", "-r", "go-w,o=,a+X", "hdfs:///mode/below");
  assert.match(
    await hdfs("-ls", "-R", "/mode"),
    /^drwxr-x--x .*\/mode\/below\n-rw-r----- .*lines\n$/,
  );
  const stat = JSON.parse((await done("stat", "hdfs:///mode/below/lines", "--json")).out) as object;
  assert.partialDeepStrictEqual(stat, { mode: "640", owner: server.user, group: "supergroup" });
});

test("what is removed lies where hdfs dfs -rm would put it, and goes for good when told so", async () => {
  const trash = `/user/${server.user}/.Trash/Current`;
  await done("cp", "lines", "hdfs:///t/a/lines");
  await done("cp", "lines", "hdfs:///t/b/lines");
  assert.match((await done("rm", "hdfs:///t/a/lines")).err, /^removed 1 file to the trash\n$/);
  assert.equal(await hdfs("-cat", `${trash}/t/a/lines`), "1\n2\n3\n");
  await hdfs("-rm", "/t/b/lines");
  assert.equal((await done("cat", `hdfs://${trash}/t/b/lines`)).out, "1\n2\n3\n");
  await done("cp", "lines", "hdfs:///t/a/lines");
  await done("rm", "-r", "hdfs:///t/a", "--json");
  await done("cp", "lines", "hdfs:///t/a/lines");
  await done("rm", "-r", "hdfs:///t/a");
  const kept = (await hdfs("-find", `${trash}/t`)).split("\n").filter((path) => /lines/.test(path));
  assert.equal(kept.length, 4, "a taken name gets the time added");
  await done("cp", "lines", "hdfs:///t/a/lines/below");
  await done("rm", "hdfs:///t/a/lines/below");
  assert.match(await hdfs("-find", `${trash}/t`), /\/lines\d{13}\/below\n/, "a file in the way");
  await done("cp", "lines", "hdfs:///t/c");
  assert.match((await done("rm", "hdfs:///t/c", "--skip-trash")).err, /^removed 1 file\n$/);
  assert.ok(!(await hdfs("-ls", `${trash}/t`)).includes("/t/c"));
  const holds = await fs("rm", "-r", `hdfs:///user/${server.user}`);
  assert.deepEqual([holds.code, /it holds the trash/.test(holds.err)], [1, true], holds.err);
  assert.match((await done("rm", "-r", `hdfs://${trash}/t`)).err, /^removed \d+ files\n$/);
  assert.equal((await fs("rm", "-r", "hdfs:///", "--skip-trash")).code, 1, "the root stays");
  for (const name of ["x1", "x2", "y"]) await done("cp", "lines", `hdfs:///p/${name}/f`);
  assert.match((await done("rm", "-r", "hdfs:///p/x*")).err, /^removed 2 files to the trash/);
  await done("cp", "lines", "hdfs:///p/y/g");
  await done("rm", "-r", "hdfs:///p/y", "--exclude", "g");
  assert.equal((await hdfs("-find", "/p")).trim(), "/p\n/p/y\n/p/y/g");
});

test("HDFS, S3 and this machine, each to each", async () => {
  await done("cp", "large", "hdfs:///each/large");
  await done("cp", "hdfs:///each/large", "s3://bucket/large");
  await done("cp", "s3://bucket/large", "hdfs:///each/from-s3");
  const some = NAMES.filter((name) => /[+%;?é]/.test(name));
  const only = ["--exclude", "*", ...some.flatMap((name) => ["--include", name])];
  await done("cp", "-r", "names", "hdfs:///each/names", ...only);
  const { port } = new URL(server.url);
  await done("cp", "hdfs:///each/large", `webhdfs://localhost:${port}/each/other`);
  const itself = await fs("mv", "hdfs:///each/other", `webhdfs://localhost:${port}/each/other`);
  assert.deepEqual([itself.code, /it is the same file/.test(itself.err)], [1, true], itself.err);
  await done("cp", "-r", "hdfs:///each", "s3://bucket/each", "--exclude", "large");
  await done("cp", "-r", "s3://bucket/each", "each");
  for (const name of ["from-s3", "other"])
    assert.equal(sha(here("each", name)), sha(here("large")));
  for (const name of some)
    assert.equal(sha(here("each/names", name)), sha(here("names", name)), name);
});

test("an upload that is cut leaves nothing under its name, and a second one makes it whole", async () => {
  truncateSync(here("large"), 400_000_000);
  const left = async () =>
    (await server.hadoop("fs", ["-ls", "-C", "/cut"])).out.split("\n").filter(Boolean);
  await hdfs("-mkdir", "/cut");
  const roots = { s3: here("none"), hdfs: here("none"), mounts: {} };
  const wish = { roots, cwd: folder.path, liveS3: false, webhdfs: [server.url] };
  for (const at of [0, 1, 150_000_000]) {
    const stores = openStores(wish);
    const abort = new AbortController();
    let moved = 0;
    if (at === 0) setTimeout(() => abort.abort(), 20);
    const request = { from: ["large"], to: "hdfs:///cut/whole", recursive: false };
    await assert.rejects(
      copy({ ...request, filter: { rules: [] } }, stores, {
        signal: abort.signal,
        moved: (bytes) => {
          moved += bytes;
          if (at > 0 && moved >= at) abort.abort();
        },
      }),
      /interrupted/,
    );
    await stores.close();
    assert.deepEqual(await left(), [], `cut after ${at} bytes`);
  }
  const bin = join(import.meta.dirname, "../../src/cli/bin.ts");
  const args = ["fs", "cp", "large", "hdfs:///cut/whole", "--webhdfs", server.url];
  const child = spawn(process.execPath, ["--no-warnings", bin, ...args], { cwd: folder.path });
  while ((await left()).length === 0 && child.exitCode === null) await sleep(20);
  child.kill("SIGKILL");
  assert.match(String(await left()), /^\/cut\/\.whole\.[\d-]+\.mayfly$/);
  assert.equal((await done("ls", "hdfs:///cut")).out, "", "what is half-written is not shown");
  truncateSync(here("large"), 20_000_000);
  await done("cp", "large", "hdfs:///cut/whole");
  assert.equal((await hdfs("-du", "/cut/whole")).split(" ")[0], "20000000");
  assert.equal((await done("leftovers", "hdfs:///cut")).out, "", "younger than a day");
  const found = await done("leftovers", "hdfs:///cut", "--older-than", "0m", "--remove");
  assert.match(found.out, / {2}hdfs:\/\/\/cut\/\.whole\.[\d-]+\.mayfly {2}/);
  assert.deepEqual(await left(), ["/cut/whole"]);
});

test("sync to HDFS and back: nothing is moved twice, and what is too much goes", async () => {
  for (const name of ["a", "a-b", "a.d/c", "é 🙂/d"]) {
    mkdirSync(dirname(here(join("tree", name))), { recursive: true });
    writeFileSync(here(join("tree", name)), name);
  }
  const sync = async (...args: string[]) => {
    const { files, same, removed } = JSON.parse((await done("sync", ...args, "--json")).out) as {
      files: number;
      same: number;
      removed: number;
    };
    return [files, same, removed];
  };
  assert.deepEqual(await sync("tree", "hdfs:///synced"), [4, 0, 0]);
  assert.deepEqual(await sync("tree", "hdfs:///synced"), [0, 4, 0]);
  assert.deepEqual(await sync("hdfs:///synced", "tree-back"), [4, 0, 0]);
  writeFileSync(here("tree/a"), "A");
  utimesSync(here("tree/a"), 1, 1);
  rmSync(here("tree/a-b"));
  assert.deepEqual(await sync("tree", "hdfs:///synced", "--checksum", "--delete"), [1, 2, 1]);
  assert.equal((await done("cat", "hdfs:///synced/a")).out, "A");
});

test("SQL over what lies there: a file, a folder with partitions, and what is kept of it here", async () => {
  for (const day of [1, 2]) {
    mkdirSync(here(`trips/day=${day}`), { recursive: true });
    writeFileSync(here(`trips/day=${day}/a.csv`), `who,km\né 🙂,${day}.5\nb,2\n`);
  }
  await done("cp", "-r", "trips", "hdfs:///data/trips");
  const sql = async (text: string) => {
    const args = ["sql", text, "--format", "csv", "--webhdfs", server.url];
    const env = { XDG_CACHE_HOME: here("cache"), MAYFLY_CACHE: here("cache/mayfly") };
    const said = await mayfly(args, folder.path, env);
    return said.code === 0 ? said.out : said.err;
  };
  const sums = "select day, sum(km) as km from 'hdfs:///data/trips' group by all order by day";
  assert.equal(await sql(sums), "day,km\n1,3.5\n2,4.5\n");
  assert.match(await sql("select who from 'hdfs:///data/trips/day=1/a.csv'"), /^who\né 🙂\nb\n$/);
  // What has changed there is not what is kept of it here.
  writeFileSync(here("trips/day=2/a.csv"), "who,km\nb,20.25\n");
  await done("cp", "trips/day=2/a.csv", "hdfs:///data/trips/day=2/a.csv");
  assert.equal(await sql(sums), "day,km\n1,3.5\n2,20.25\n");
  assert.match(await sql("from 'hdfs:///data/nowhere'"), /hdfs:\/\/\/data\/nowhere/);
});

test("what goes wrong is said in words", async () => {
  await done("cp", "lines", "hdfs:///closed/lines");
  await done("chmod", "-r", "go=", "hdfs:///closed");
  const alice = (verb: string, ...args: string[]) =>
    mayfly(["fs", verb, ...args, "--webhdfs", server.url], folder.path, {
      HADOOP_USER_NAME: "alice",
    });
  for (const [verb, ...args] of [
    ["cat", "hdfs:///closed/lines"],
    ["ls", "hdfs:///closed"],
    ["mkdir", "hdfs:///closed/x"],
  ] as const) {
    const refused = await alice(verb, ...args);
    assert.equal(refused.code, 3, refused.err);
    assert.match(refused.err, /Permission denied: user=alice.*\n +HADOOP_USER_NAME says as whom/);
  }
  for (const [verb, ...args] of [
    ["cp", "lines", "hdfs:///closed/x"],
    ["rm", "hdfs:///closed/lines"],
    ["chmod", "777", "hdfs:///closed"],
  ] as const) {
    const refused = await alice(verb, ...args);
    assert.ok(refused.code === 1 || refused.code === 3, refused.err);
    assert.match(refused.err, /Permission denied.{0,2} user=alice/);
  }
  assert.equal((await alice("cp", "lines", "hdfs:///open/hers")).code, 0);
  assert.match(await hdfs("-ls", "/open"), / alice +supergroup .*\/open\/hers\n/);
  const nobody = await mayfly(["fs", "ls", "hdfs:///", "--webhdfs", "http://127.0.0.1:9"], "/");
  assert.deepEqual(
    [nobody.code, /cannot reach http:\/\/127.0.0.1:9 to/.test(nobody.err)],
    [3, true],
  );
  const other = await mayfly(["fs", "ls", "hdfs:///", "--webhdfs", s3.url], "/");
  assert.deepEqual([other.code, /is no WebHDFS/.test(other.err)], [3, true], other.err);
  const entered = await server.hadoop("admin", ["-safemode", "enter"]);
  assert.equal(entered.code, 0, entered.out);
  const safe = await fs("mkdir", "hdfs:///safe");
  assert.deepEqual(
    [safe.code, /safe ?mode.*\n +it can be read meanwhile/i.test(safe.err)],
    [4, true],
  );
  const write = await fs("cp", "lines", "hdfs:///safe");
  assert.deepEqual([write.code, /SafeMode/.test(write.err)], [1, true], write.err);
  assert.equal((await done("cat", "hdfs:///closed/lines")).out, "1\n2\n3\n");
  await server.hadoop("admin", ["-safemode", "leave"]);
  assert.equal(readdirSync(folder.path).filter((name) => /^\..+\.mayfly$/.test(name)).length, 0);
});
