import assert from "node:assert/strict";
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeFolder } from "../../../test/support/cli.ts";
import type { Event } from "../../model/event.ts";
import { noOptions } from "../../model/job.ts";
import { prepareJob } from "../run.ts";
import { watchFiles } from "./files.ts";
import { sampleOf, withSample } from "./sample.ts";
import { watch } from "./watch.ts";

const state = makeFolder();
process.env.XDG_STATE_HOME = state.path;
after(() => state.remove());

const COPIES =
  "jobs: { copies: { steps: [{ command: [sh, say.sh] }], outputs: { out: hdfs:///out } } }\n";
const SAYS = (text: string) =>
  `echo '${text}'; mkdir -p .mayfly/hdfs/out; printf 'n\\n${text}\\n' > .mayfly/hdfs/out/part-0.csv\n`;

/** Watches, answers each event that waits with the next change, and ends when there is none. */
async function watchThrough(
  folder: string,
  job: string,
  changes: (() => void)[],
): Promise<{ events: Event[]; code: number | undefined }> {
  const handle = await watch({ job, cwd: folder });
  const events: Event[] = [];
  const left = [...changes];
  for await (const event of handle.events) {
    events.push(event);
    if (event.code !== "watch.waiting") continue;
    const next = left.shift();
    if (next) setTimeout(next, 20);
    else handle.cancel();
  }
  return { events, code: handle.exitCode() };
}

test("a saved change runs the job again, with the difference; a failure is compared with nothing", async () => {
  const folder = makeFolder({ "mayfly.yaml": COPIES, "say.sh": SAYS("1") });
  const write = (name: string, text: string) => () => writeFileSync(join(folder.path, name), text);
  const { events, code } = await watchThrough(folder.path, "copies", [
    write("say.sh", SAYS("2")),
    write("say.sh", "exit 1\n"),
    write("mayfly.yaml", "jobs: ["),
    write("mayfly.yaml", COPIES),
    write("say.sh", SAYS("2")),
  ]);
  assert.equal(code, 130);
  const told = events
    .filter((event) => event.code.startsWith("watch.") || event.code === "run.finished")
    .map((event) => {
      if (event.code === "run.finished") return event.state;
      if (event.code === "watch.compared") return event.outputs.map((one) => one.state).join();
      return event.code.slice("watch.".length);
    });
  assert.deepEqual(
    told.join(" "),
    "succeeded waiting changed succeeded changed waiting changed failed waiting changed refused waiting changed failed waiting changed succeeded same waiting",
  );
  const compared = events.find((event) => event.code === "watch.compared");
  assert.deepEqual(compared?.outputs[0]?.values, {
    removed: 1,
    added: 1,
    examples: [
      { sign: "-", text: "1" },
      { sign: "+", text: "2" },
    ],
  });
  assert.deepEqual(compared?.printed, compared?.outputs[0]?.values);
  const refused = events.find((event) => event.code === "watch.refused");
  assert.match(refused?.message ?? "", /mayfly\.yaml/);
  folder.remove();
});

test("a change while it runs ends that run, and begins the next", async () => {
  const folder = makeFolder({ "mayfly.yaml": COPIES, "say.sh": "echo begun; sleep 60\n" });
  const handle = await watch({ job: "copies", cwd: folder.path });
  const states: string[] = [];
  for await (const event of handle.events) {
    if (event.code === "step.output" && event.text.includes("begun"))
      writeFileSync(join(folder.path, "say.sh"), SAYS("3"));
    if (event.code === "run.finished") states.push(event.state);
    if (event.code === "watch.waiting") handle.cancel("SIGTERM");
  }
  assert.deepEqual(states, ["cancelled", "succeeded"]);
  assert.equal(handle.exitCode(), 143);
  folder.remove();
});

test("a job that writes its own code, or data by the thousand, runs once and not for ever", async () => {
  const writes = "mkdir -p data; for i in $(seq 300); do echo $i > data/$i.csv; done\n";
  const folder = makeFolder({
    "mayfly.yaml": COPIES,
    "say.sh": `${writes}date +%N > made.cfg; sleep 0.5; echo done\n`,
  });
  const { events } = await watchThrough(folder.path, "copies", []);
  const states = events.flatMap((event) => (event.code === "run.finished" ? [event.state] : []));
  assert.deepEqual(states, ["cancelled", "cancelled", "cancelled", "cancelled", "succeeded"]);
  const notes = events.flatMap((event) => (event.code === "note" ? [event.text] : []));
  assert.deepEqual(notes, ["made.cfg: the job itself writes it; not watched"]);
  folder.remove();
});

test("the end of the watching is the end of what runs", async () => {
  const folder = makeFolder({ "mayfly.yaml": COPIES, "say.sh": "echo begun; sleep 60\n" });
  const handle = await watch({ job: "copies", cwd: folder.path });
  const codes: string[] = [];
  for await (const event of handle.events) {
    codes.push(event.code);
    if (event.code === "step.output") handle.cancel();
  }
  assert.equal(codes.at(-1), "run.finished");
  folder.remove();
});

test("code is watched, data and what is saved as it was are not", async () => {
  const folder = makeFolder({
    "job.py": "1\n",
    "lib/util.py": "1\n",
    "data.csv": "1\n",
    "named.txt": "1\n",
    ".git/hook.py": "1\n",
    "node_modules/a.py": "1\n",
  });
  const request = {
    job: "job.py",
    cwd: folder.path,
    options: { ...noOptions(), files: ["named.txt#other"] },
  };
  const { job } = await prepareJob(request);
  const files = watchFiles(job, folder.path);
  const changed = async () => {
    const over = new AbortController();
    const late = setTimeout(() => over.abort(), 400);
    const names = await files.next(over.signal);
    clearTimeout(late);
    return names.map((name) => name.slice(folder.path.length + 1));
  };
  const write = (name: string, text: string) => writeFileSync(join(folder.path, name), text);
  assert.equal(files.count(), 3);
  for (const name of ["data.csv", ".git/hook.py", "node_modules/a.py"]) write(name, "2\n");
  write("job.py", "1\n");
  utimesSync(join(folder.path, "job.py"), 1, 1);
  assert.deepEqual(await changed(), []);
  setTimeout(() => write("lib/util.py", "2\n"), 50);
  assert.deepEqual(await changed(), ["lib/util.py"]);
  write("named.txt", "2\n");
  write("new.py", "2\n");
  assert.deepEqual(await changed(), ["named.txt", "new.py"]);
  rmSync(join(folder.path, "new.py"));
  assert.deepEqual(await changed(), ["new.py"]);
  for (let i = 0; i < 250; i++) mkdirSync(join(folder.path, `a${i}`));
  assert.deepEqual(await changed(), [], "more folders than are searched: nothing has changed");
  files.close();
  folder.remove();
});

test("a sample is a number of rows or a part of them, and keeps a job's own extensions", async () => {
  assert.equal(sampleOf("1000"), 1000);
  assert.equal(sampleOf("0.5%"), 0.005);
  for (const wrong of ["", "0", "1.5", "-1", "100%", "0%", "x", "1e3", "3000000000"])
    assert.throws(() => sampleOf(wrong), /cannot take a sample/, wrong);
  const folder = makeFolder({ "job.sql": "select 1" });
  const { job } = await prepareJob({ job: "job.sql", cwd: folder.path });
  const conf = { "spark.sql.extensions": "a.B" };
  const with2 = withSample({ ...noOptions(), conf: { "spark.sql.extensions": "c.D,a.B" } }, 10, {
    ...job,
    options: { ...noOptions(), conf },
  });
  assert.deepEqual(with2.conf, {
    "spark.sql.extensions": "a.B,c.D,mayfly.Sample",
    "spark.mayfly.sample": "10",
  });
  folder.remove();
});
