import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { BOTO3 } from "../../support/python-tools.ts";
import { clientWorld, ran } from "../../support/rehearsal/clients.ts";
import { FAST } from "../../support/rehearsal/fast.ts";
import { COUNTED, WORD_COUNT } from "../../support/rehearsal/words.ts";

/** boto3, unchanged: its waiters and paginators are written against AWS. */
const NOT_THERE = "NotImplementedException";
const world = clientWorld({ packages: [BOTO3] });

test("boto3 counts words, waits for all that it can wait for, and turns every page", async () => {
  world.files({ ...WORD_COUNT, "fast.json": JSON.stringify(FAST) });
  const program = join(import.meta.dirname, "words-boto3.py");
  const met = JSON.parse(ran(await world.python([program]))) as object;
  assert.deepEqual(met, {
    words: COUNTED,
    // All that boto3 has paginators for; 50 a page, as EMR's API reference has it.
    pages: {
      list_bootstrap_actions: [1],
      list_clusters: [1],
      list_instance_fleets: "InvalidRequestException",
      list_instance_groups: [2],
      list_instances: [3],
      list_notebook_executions: NOT_THERE,
      list_security_configurations: [50, 10],
      list_sessions: NOT_THERE,
      list_steps: [50, 22],
      list_studio_session_mappings: NOT_THERE,
      list_studios: NOT_THERE,
    },
    "newest first": true,
    cancelled: ["SUBMITTED"],
    refused: "ValidationException",
    unknown: "Cluster id 'j-NONE' is not valid.",
    protected: "ValidationException",
    ended: { Code: "USER_REQUEST", Message: "Terminated by user request" },
  });
});
