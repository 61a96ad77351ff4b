import "../support/fast-spark.ts";
import assert from "node:assert/strict";
import { after } from "node:test";
import { listSpares, stopSpares } from "../../src/engine/warm.ts";
import { makeFolder } from "../support/cli.ts";
import { ourExamples } from "../support/examples.ts";
import { readySpare } from "../support/spare.ts";

/** The examples once more, each on a spare that was started for it: a minute or two, so not in every run of the tests. */
process.env.MAYFLY_WARM = "";
// Sockets have short names: not below the folder of a test, which may be deep.
process.env.XDG_STATE_HOME = makeFolder().path;
after(() => stopSpares(process.env));
ourExamples("on a spare", async (folder) => {
  assert.deepEqual(listSpares(process.env), [], "the spare before this one was used");
  await readySpare(folder, folder);
});
