import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { clientWorld, ran } from "../../support/rehearsal/clients.ts";
import { FAST } from "../../support/rehearsal/fast.ts";
import { COUNTED, WORD_COUNT } from "../../support/rehearsal/words.ts";

/** Airflow's operators and sensors for EMR, unchanged, as its documents try a DAG out. */
const world = clientWorld({
  packages: ["apache-airflow==2.11.0", "apache-airflow-providers-amazon==9.8.0"],
});

test("a DAG makes a cluster, adds a step, watches it and ends the cluster", async () => {
  Object.assign(world.env, {
    AIRFLOW_HOME: `${world.path}/airflow`,
    AIRFLOW__CORE__LOAD_EXAMPLES: "False",
    AIRFLOW__CORE__UNIT_TEST_MODE: "False",
    AIRFLOW_CONN_AWS_DEFAULT: JSON.stringify({
      conn_type: "aws",
      extra: { endpoint_url: world.env.AWS_ENDPOINT_URL, region_name: world.env.AWS_REGION },
    }),
  });
  world.files({ "fast.json": JSON.stringify(FAST) });
  await world.bucket("airflow", WORD_COUNT);
  ran(await world.python(["-m", "airflow", "db", "migrate"]));
  const said = ran(await world.python([join(import.meta.dirname, "words-airflow.py")]));
  const met = JSON.parse(/^MET (.*)$/m.exec(said)?.[1] ?? "{}") as object;
  const tasks = ["create", "add", "watch", "end", "ended"];
  assert.deepEqual(met, {
    state: "success",
    tasks: Object.fromEntries(tasks.map((task) => [task, "success"])),
  });
  assert.equal(await world.output("s3://airflow/out"), COUNTED);
});
