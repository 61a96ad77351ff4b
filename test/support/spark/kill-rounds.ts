import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { marked } from "../../../src/base/processes.ts";
import { activeRuns, readRecord, runFolder, runIds } from "../../../src/engine/runs/records.ts";
import { makeFolder } from "../cli.ts";
import { makeRandom } from "../random.ts";

const LAUNCHER = resolve(import.meta.dirname, "../../../mayfly");
const VICTIMS = ["launcher", "node", "python", "jvm"] as const;

const JOB = `import sys
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf
spark = SparkSession.builder.getOrCreate()
add = udf(lambda x: x + 1, "long")
spark.range(50).select(add("id")).write.mode("overwrite").json("hdfs:///out/" + sys.argv[1])
`;

/**
 * Kills one process of a run at a random moment, again and again. After each, the next command must
 * find no process left and every run told once, as what it is.
 */
export async function killRounds(
  rounds: number,
  seed: number,
  say: (line: string) => void,
): Promise<void> {
  const random = makeRandom(seed);
  const folder = makeFolder({ "job.py": JOB });
  const bystander = spawn("sleep", ["600"], {
    env: { ...process.env, MAYFLY_RUN: "20000101-000000-000000" },
  });
  const known = new Set<string>();
  try {
    for (let round = 0; round < rounds; round++) {
      const victim = VICTIMS[Math.floor(random() * VICTIMS.length)] ?? "node";
      const delay = victim === "launcher" ? random() * 150 : random() * 9000;
      const run = spawn(LAUNCHER, ["run", "job.py", String(round)], {
        cwd: folder.path,
        stdio: "ignore",
      });
      const ended = new Promise<number | null>((done) => run.on("exit", done));
      await Promise.race([sleep(delay), ended]);
      const hit = kill(run, victim, folder.path);
      const code = await Promise.race([ended, sleep(60_000).then(() => "late" as const)]);
      assert.notEqual(code, "late", `round ${round}: the run did not end within a minute`);

      const listing = await nextCommand(folder.path);
      const runs = runIds(folder.path);
      const fresh = runs.filter((id) => !known.has(id));
      const early = victim === "launcher" || (victim === "node" && delay < 3000);
      assert.ok(early || fresh.length === 1, `round ${round}: after ${delay} ms there is no run`);
      assert.ok(fresh.length <= 1, `round ${round}: ${fresh.length} runs came of one`);
      assert.equal(listing.length, Math.min(20, runs.length), `round ${round}: no run is lost`);
      for (const id of fresh) {
        known.add(id);
        const { state } = readRecord(runFolder(folder.path, id)) ?? {};
        const may = hit
          ? victim === "launcher" || victim === "node"
            ? ["killed", "succeeded"]
            : ["failed", "succeeded"]
          : ["succeeded"];
        assert.ok(
          state && may.includes(state),
          `round ${round}: ${victim} killed${hit ? "" : " (nothing)"} after ${delay} ms: ${state}`,
        );
        assert.deepEqual(marked(id), [], `round ${round}: processes stay`);
        assert.ok(
          !readdirSync(runFolder(folder.path, id)).includes("staging"),
          `round ${round}: staging stays`,
        );
        say(
          `round ${round}: ${victim} after ${Math.round(delay)} ms: ${hit ? "hit" : "gone by then"}, ${state}`,
        );
      }
      if (fresh.length === 0)
        say(`round ${round}: ${victim} after ${Math.round(delay)} ms: before there was a run`);
      assert.deepEqual(activeRuns(folder.path), []);
      assert.ok(
        bystander.exitCode === null && bystander.signalCode === null,
        "another run's process was touched",
      );
    }
  } finally {
    bystander.kill("SIGKILL");
    folder.remove();
  }
}

/** Kills the one of the run's processes that is meant; false when there is none (yet, or any more). */
function kill(run: ChildProcess, victim: (typeof VICTIMS)[number], project: string): boolean {
  const pids = victim === "launcher" || victim === "node" ? [run.pid] : childrenOf(project, victim);
  for (const pid of pids) {
    if (pid === undefined || run.exitCode !== null) continue;
    try {
      process.kill(pid, "SIGKILL");
      return true;
    } catch {
      // ended just now
    }
  }
  return false;
}

function childrenOf(project: string, victim: "python" | "jvm"): number[] {
  const [active] = activeRuns(project);
  const pids = active ? marked(active.id) : [];
  return pids.filter((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return victim === "jvm"
        ? command[0]?.endsWith("/java")
        : command.slice(1, 3).some((word) => word.endsWith("job.py"));
    } catch {
      return false;
    }
  });
}

async function nextCommand(cwd: string): Promise<unknown[]> {
  const ls = spawn(LAUNCHER, ["ls", "--json"], { cwd, stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  ls.stdout.on("data", (part) => {
    text += part;
  });
  await new Promise((done) => ls.on("close", done));
  return JSON.parse(text || "[]") as unknown[];
}
