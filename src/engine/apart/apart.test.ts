import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeFolder } from "../../../test/support/cli.ts";
import { readRecord, runFolder, runIds } from "../runs/records.ts";
import { startApart } from "./start.ts";

const JOB = "jobs: { wait: { steps: [{ command: [sleep, '600'] }] } }\n";

test("a run whose host goes before it has begun is closed in order, as one whose host goes later", async () => {
  const folder = makeFolder({ "mayfly.yaml": JOB });
  const request = { job: "wait", cwd: folder.path };
  const env = { ...process.env, XDG_STATE_HOME: join(folder.path, "state") };
  const closed = (id = "") => {
    assert.equal(readRecord(runFolder(folder.path, id))?.state, "cancelled");
    assert.deepEqual(readdirSync(join(folder.path, ".mayfly/active")), []);
  };
  try {
    const child = fork(join(import.meta.dirname, "main.ts"), [], { env, stdio: "ignore" });
    child.send(request, () => child.disconnect());
    await once(child, "exit");
    closed(runIds(folder.path)[0]);
    const later = await startApart(request, env);
    later.cancel();
    await later.ended;
    closed(later.id);
  } finally {
    folder.remove();
  }
});
