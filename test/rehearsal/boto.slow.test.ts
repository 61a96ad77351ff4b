import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pythonTools } from "../support/python-tools.ts";
import { rehearsalWorld, runProgram } from "../support/rehearsal.ts";

/** boto3 as it is, with all its waiters and paginators for EMR. */
const world = rehearsalWorld();
let env: Record<string, string>;
before(async () => {
  env = await world.start();
});
after(() => world.remove());

const PROGRAM = `
import json, boto3
emr = boto3.client("emr")
step = lambda name, *args: {"Name": name, "ActionOnFailure": "CONTINUE", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": list(args)}}
quick = {"Delay": 1, "MaxAttempts": 240}
cluster = emr.run_job_flow(
    Name="waited for", ReleaseLabel="emr-7.12.0", JobFlowRole="EMR_EC2_DefaultRole", ServiceRole="EMR_DefaultRole",
    BootstrapActions=[],
    Instances={"MasterInstanceType": "m5.xlarge", "SlaveInstanceType": "m5.xlarge", "InstanceCount": 3, "KeepJobFlowAliveWhenNoSteps": True},
)["JobFlowId"]
emr.get_waiter("cluster_running").wait(ClusterId=cluster, WaiterConfig=quick)
first = emr.add_job_flow_steps(JobFlowId=cluster, Steps=[step("first", "true")])["StepIds"]
emr.get_waiter("step_complete").wait(ClusterId=cluster, StepId=first[0], WaiterConfig=quick)
ids = emr.add_job_flow_steps(JobFlowId=cluster, Steps=[step("sleeps", "sleep", "600")] + [step(str(i), "true") for i in range(119)])["StepIds"]

found = {}
for name in emr.meta.method_to_api_mapping:
    if not emr.can_paginate(name):
        continue
    operation = emr.meta.method_to_api_mapping[name]
    needs = emr.meta.service_model.operation_model(operation).input_shape.members
    wish = {"ClusterId": cluster} if "ClusterId" in needs else {}
    pages = emr.get_paginator(name)
    try:
        key = pages.result_keys[0].expression
        found[operation] = [len(page[key]) for page in pages.paginate(**wish)]
    except emr.exceptions.ClientError as error:
        found[operation] = error.response["Error"]["Code"]
listed = [one["Id"] for page in emr.get_paginator("list_steps").paginate(ClusterId=cluster) for one in page["Steps"]]
asked = emr.cancel_steps(ClusterId=cluster, StepIds=ids, StepCancellationOption="TERMINATE_PROCESS")["CancelStepsInfoList"]
emr.terminate_job_flows(JobFlowIds=[cluster])
emr.get_waiter("cluster_terminated").wait(ClusterId=cluster, WaiterConfig=quick)
states = {one["Status"]["State"] for page in emr.get_paginator("list_steps").paginate(ClusterId=cluster, StepIds=ids[:10]) for one in page["Steps"]}
print(json.dumps({"found": found, "listed": listed == (first + ids)[::-1], "asked": sorted({one["Status"] for one in asked}), "states": sorted(states)}))
`;

test("its waiters wait for what comes, and its paginators go through all pages", async () => {
  const boto = await pythonTools("boto3==1.43.106");
  const { code, out, err } = await runProgram(boto.python, ["-c", PROGRAM], {
    cwd: world.path,
    env: { ...world.env, ...env, PYTHONPATH: boto.env.PYTHONPATH },
  });
  assert.equal(code, 0, err);
  const { found, ...said } = JSON.parse(out) as { found: Record<string, unknown> };
  const notThere = "NotImplementedException";
  assert.deepEqual(said, { listed: true, asked: ["SUBMITTED"], states: ["CANCELLED"] });
  assert.deepEqual(found, {
    ListBootstrapActions: [0],
    ListClusters: [1],
    ListInstanceFleets: "InvalidRequestException",
    ListInstanceGroups: [2],
    ListInstances: [3],
    ListNotebookExecutions: notThere,
    ListSecurityConfigurations: [0],
    ListSessions: notThere,
    ListSteps: [50, 50, 21],
    ListStudioSessionMappings: notThere,
    ListStudios: notThere,
  });
});
