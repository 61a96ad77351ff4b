import assert from "node:assert/strict";
import { test } from "node:test";
import { sparkJob, withServerless } from "../../../../test/support/rehearsal/serverless.ts";
import { allot, demandOf, neverFits } from "./capacity.ts";

test("a job gets as many executors as there is room for", () => {
  const limits = { cpu: "20 vCPU", memory: "1000 GB" };
  for (const [executors, others, workers] of [
    ["2", [], 2],
    ["9", [], 4],
    ["9", [{ cpu: 4, memory: 16, disk: 20, count: 2 }], 2],
    ["9", [{ cpu: 4, memory: 16, disk: 20, count: 4 }], undefined],
    ["1e9", [], 4],
  ] as const)
    assert.equal(
      allot(demandOf({ "spark.executor.instances": executors }), limits, others)?.[1]?.count,
      workers,
      JSON.stringify([executors, others]),
    );
  const light = demandOf({ "spark.executor.cores": "0", "spark.executor.instances": "9" });
  assert.equal(allot(light, { cpu: "4 vCPU", memory: "1000 GB" }, [])?.[1]?.count, 9);
});

test("numbers of whatever size are numbers", () => {
  for (const size of ["1e9", "1e308", "9".repeat(400), "-5", "0.5", "NaN", "", "x"]) {
    const conf = Object.fromEntries(
      ["instances", "cores", "memory", "memoryOverhead", "memoryOverheadFactor"].flatMap((name) => [
        [`spark.executor.${name}`, size],
        [`spark.driver.${name}`, size],
      ]),
    );
    const demand = demandOf(conf);
    const workers = allot(demand, undefined, []) ?? [];
    assert.equal(workers.length, 2, size);
    for (const { cpu, memory, disk, count = 1 } of workers)
      for (const one of [cpu, memory, disk, count])
        assert.ok(Number.isFinite(one) && one >= 0, `${size}: ${JSON.stringify(workers)}`);
    assert.equal(neverFits(demand, undefined), undefined);
  }
});

test("a job that wants a thousand million executors runs, and is billed for them", () =>
  withServerless(async ({ ask, pass, started, machines }) => {
    const applicationId = await started();
    const parameters = "--num-executors 1000000000 --conf spark.driver.memory=1e308g";
    const { jobRunId } = await ask("StartJobRun", {
      applicationId,
      ...sparkJob("hangs", {}, parameters),
    });
    await pass(3_600_000);
    machines.end(0);
    await pass(0);
    const { jobRun } = await ask("GetJobRun", { applicationId, jobRunId });
    assert.equal(jobRun.state, "SUCCESS");
    assert.equal(jobRun.billedResourceUtilization.vCPUHour, 4_000_000_004);
  }));
