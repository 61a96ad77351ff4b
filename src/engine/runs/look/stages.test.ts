import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { eventually } from "../../../../test/support/eventually.ts";
import type { LiveState } from "./live.ts";
import { watchStages } from "./stages.ts";

test("whoever looks at a run asks its driver for the stages at work, not at once, and nobody else", async () => {
  const asked: string[] = [];
  const stage = { status: "ACTIVE", stageId: 4, name: "fit", numTasks: 8 };
  const counts = { numActiveTasks: 2, numCompleteTasks: 3, numFailedTasks: 0 };
  const server = createServer(({ url = "" }, response) => {
    asked.push(url);
    response.end(JSON.stringify([{ ...stage, ...counts }]));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const ui = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = new AbortController();
  try {
    const stagesOf = watchStages(stop.signal);
    const app = (since: number) => ({ id: "app-1", step: 1, since });
    const live: LiveState = { ui, app: app(0), notes: [] };
    const young = { ...live, app: app(Date.now() + 60_000) };
    const foreign = { ...live, ui: ui.replace("127.0.0.1", "127.0.0.1.example") };
    for (const one of [young, foreign, { notes: [] }, { ui, notes: [] }])
      assert.equal(stagesOf(one), undefined);
    assert.deepEqual(asked, []);
    const found = await eventually("stages", async () => stagesOf(live), 5);
    const at = { id: 4, name: "fit", done: 3, active: 2, failed: 0, total: 8 };
    assert.deepEqual(found, { step: 1, stages: [at] });
    assert.deepEqual(asked, ["/api/v1/applications/app-1/stages?status=active"]);
    // Of another application nothing is known yet; what the run itself has told is what counts.
    assert.equal(stagesOf({ ...live, app: { ...app(0), id: "app-2" } }), undefined);
    const told = { step: 0, stages: [] };
    assert.equal(stagesOf({ ...live, progress: told }), told);
  } finally {
    stop.abort();
    server.close();
  }
});
