import assert from "node:assert/strict";
import { test } from "node:test";
import { clientWorld, ran } from "../../support/clients.ts";
import { rightAnswer } from "../../support/words.ts";

/** boto3, unchanged: its waiters and paginators are written against AWS. */
const world = clientWorld("boto3==1.43.50");

test("boto3 counts words, waits for all that it can wait for, and turns every page", async () => {
  const met = JSON.parse(ran(await world.python("words-boto3.py"))) as object;
  assert.deepEqual(met, {
    words: rightAnswer(),
    // 72 by 50; 60 by 50: as many as EMR's API reference gives a page.
    steps: [2, true],
    security: [2, true],
    list_instances: 3,
    list_instance_groups: 2,
    list_bootstrap_actions: 1,
    clusters: ["boto3"],
    refused: "ValidationException",
    unknown: "Cluster id 'j-NONE' is not valid.",
    protected: "ValidationException",
    ended: { Code: "USER_REQUEST", Message: "Terminated by user request" },
  });
});
