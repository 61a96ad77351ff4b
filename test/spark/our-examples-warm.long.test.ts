import "../support/spark/fast-spark.ts";
import assert from "node:assert/strict";
import { listSpares } from "../../src/engine/warm.ts";
import { ourExamples } from "../support/spark/examples.ts";
import { ownSpares, readySpare } from "../support/spark/spare.ts";

/** The examples once more, each on a spare that was started for it: a minute or two, so not in every run of the tests. */
ownSpares();
ourExamples("on a spare", async (folder) => {
  assert.deepEqual(listSpares(process.env), [], "the spare before this one was used");
  await readySpare(folder, folder);
});
