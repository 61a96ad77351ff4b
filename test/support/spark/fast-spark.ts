import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

/**
 * Tests start dozens of short-lived JVMs: the first compiler tier and the simplest collector halve what
 * each costs. Set as a person would set it for all their jobs, in a spark-defaults.conf.
 */
const folder = mkdtempSync(join(tmpdir(), "mayfly-fast-"));
writeFileSync(
  join(folder, "spark-defaults.conf"),
  "spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto\nspark.ui.enabled true\n",
);
process.env.SPARK_CONF_DIR = folder;
after(() => rmSync(folder, { recursive: true, force: true }));
