import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Job, noOptions, type Step } from "../../../model/job.ts";
import { argumentNotes, inputsOf, requireSmall } from "./arguments.ts";
import { digestOf, localFilesBelow } from "./folder.ts";
import { jobThere } from "./there.ts";

const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "data/.git"), { recursive: true });
writeFileSync(join(folder, "data/a.csv"), "1\n");
writeFileSync(join(folder, "data/.git/config"), "no data\n");
symlinkSync("a.csv", join(folder, "data/b.csv"));

const spark = (args: string[]): Step => ({
  ...{ kind: "pyspark", name: "s", main: "s.py", args, onFailure: "stop", options: noOptions() },
});
const command = (args: string[]): Step => ({
  ...{ kind: "command", name: "c", command: "cat", args, onFailure: "stop" },
});
const jobOf = (steps: Step[], more: Partial<Job> = {}): Job => ({
  ...{ name: "j", folder, steps, inputs: {}, outputs: {}, env: {}, options: noOptions() },
  ...more,
});
const named = (step: Step, more: Partial<Job> = {}) =>
  inputsOf(step, jobOf([step], more)).map((one) => one.named);

test("an argument that names a file or folder here is brought; words and the machine's own are not", () => {
  const args = [
    "data/a.csv",
    "--in=./data",
    "data",
    "nowhere.csv",
    "s3://b/data/",
    "/etc/hosts",
    ".",
  ];
  assert.deepEqual(named(spark(args)), ["data/a.csv", "./data"]);
  assert.deepEqual(named(spark(["data"]), { inputs: { in: "./data" } }), ["data"]);
  assert.deepEqual(named(command([join(folder, "data/a.csv")])), [join(folder, "data/a.csv")]);
  assert.deepEqual(argumentNotes(jobOf([spark(["data", "/etc/hosts", "data/a.csv"])])), [
    '"data" is taken as a word; write ./data to bring the folder of that name',
    '"/etc/hosts" is there on this machine, and is not brought to the cluster; mayfly fs cp /etc/hosts s3://…',
  ]);
});

test("what Spark would write on a cluster alone is told, unless it is an output", () => {
  const job = (step: Step) => jobOf([step], { outputs: { counts: "./out" } });
  const args = ["./data", "./out", "--to=./out/a", "s3://b/out", "./data/*.csv", "out"];
  assert.deepEqual(argumentNotes(job(spark(args))), []);
  assert.deepEqual(argumentNotes(job(command(["./lost"]))), []);
  const [note, ...others] = argumentNotes(job(spark(["./data", "--to=./lost"])));
  assert.match(
    note ?? "",
    /^"\.\/lost" is not there on this machine: Spark takes it for a path of/,
  );
  assert.deepEqual(others, []);
});

test("what is too large to bring is refused with a way out", async () => {
  const large = join(folder, "large.bin");
  writeFileSync(large, "");
  truncateSync(large, 600e6);
  await assert.rejects(requireSmall(jobOf([spark(["./large.bin"])])), {
    message: /cannot bring "\.\/large\.bin" to the cluster: it holds 600 MB in 1 file/,
    remedy: /mayfly fs sync --live-s3 \.\/large\.bin s3:\/\/BUCKET\/large\.bin/,
  });
  await requireSmall(jobOf([spark(["./data"])]));
});

test("a folder's name follows from all that it holds, and from nothing else", async () => {
  const files = await localFilesBelow(join(folder, "data"));
  assert.deepEqual(
    files.map(({ name }) => name),
    ["a.csv", "b.csv"],
  );
  const first = await digestOf(files, true);
  writeFileSync(join(folder, "data/a.csv"), "2\n");
  assert.notEqual(await digestOf(files, true), first);
  writeFileSync(join(folder, "data/a.csv"), "1\n");
  assert.equal(await digestOf(files, true), first);
});

test("an output that is declared here lies below the run's own name, for every argument that names it", () => {
  const copy: Step = { ...command([]), kind: "copy", from: "./out/x", to: "s3://emr-steps/y" };
  const steps = [spark(["./out", "--to=out/x", "outside"]), command(["./out"]), copy];
  const outputs = { counts: "./out", kept: "s3://emr-steps/outputs/1/" };
  const wish = { bucket: "b", run: "r1", buckets: ["b"] };
  const { job, homes } = jobThere(jobOf(steps, { outputs }), wish);
  assert.deepEqual(homes, { counts: join(folder, "out") });
  assert.deepEqual(job.outputs, {
    counts: "s3://b/mayfly/outputs/r1/counts",
    kept: "s3://b/mayfly/emr-steps/outputs/1/",
  });
  const there = "s3://b/mayfly/outputs/r1/counts";
  assert.deepEqual(job.steps[0]?.args, [there, `--to=${there}/x`, "outside"]);
  assert.deepEqual(job.steps[1]?.args, ["./out"]);
  assert.deepEqual(job.steps[2]?.kind === "copy" && [job.steps[2].from, job.steps[2].to], [
    `${there}/x`,
    "s3://b/mayfly/emr-steps/y",
  ]);
  const own = jobThere(jobOf(steps, { outputs }), { ...wish, buckets: ["b", "emr-steps"] });
  assert.equal(own.job.outputs.kept, "s3://emr-steps/outputs/1/");
});
