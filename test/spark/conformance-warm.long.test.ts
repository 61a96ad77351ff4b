import "../support/spark/fast-spark.ts";
import { after } from "node:test";
import { listSpares, stopSpares } from "../../src/engine/warm.ts";
import { conformance } from "../conformance/suite.ts";
import { readySpare } from "../support/spark/spare.ts";

/** The whole suite with each run on a spare that was started for it: some minutes, so not in every run of the tests. */
process.env.MAYFLY_WARM = "";
after(() => stopSpares(process.env));
conformance("local", async (folder) => {
  if (listSpares(process.env).length === 0) await readySpare(folder);
});
