import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DescribeClusterCommand,
  DescribeStepCommand,
  EMRClient,
  InvalidRequestException,
  paginateListSteps,
  RunJobFlowCommand,
  waitUntilClusterTerminated,
  waitUntilStepComplete,
} from "@aws-sdk/client-emr";
import { clientWorld } from "../../support/rehearsal/clients.ts";
import { FAST } from "../../support/rehearsal/fast.ts";
import { COUNTED, WORD_COUNT } from "../../support/rehearsal/words.ts";

/** The AWS SDK for JavaScript, unchanged, with what `rehearsal start` says and nothing else. */
const world = clientWorld();

test("the SDK for JavaScript counts words and waits for the step and for the end", async () => {
  const emr = new EMRClient(world.sdk());
  const at = "s3://javascript";
  await world.bucket("javascript", WORD_COUNT);

  const { JobFlowId: ClusterId = "" } = await emr.send(
    new RunJobFlowCommand({
      Name: "javascript",
      ReleaseLabel: "emr-7.12.0",
      LogUri: "s3://javascript/logs/",
      Applications: [{ Name: "Spark" }],
      Configurations: FAST,
      Instances: { MasterInstanceType: "m5.xlarge", InstanceCount: 1 },
      JobFlowRole: "EMR_EC2_DefaultRole",
      ServiceRole: "EMR_DefaultRole",
      Steps: [
        {
          Name: "count",
          ActionOnFailure: "TERMINATE_CLUSTER",
          HadoopJarStep: {
            Jar: "command-runner.jar",
            Args: ["spark-submit", `${at}/count.py`, `${at}/text.txt`, `${at}/out`],
          },
        },
      ],
    }),
  );
  let StepId = "";
  for await (const page of paginateListSteps({ client: emr }, { ClusterId }))
    StepId = page.Steps?.[0]?.Id ?? "";
  const soon = { client: emr, maxWaitTime: 120, minDelay: 1, maxDelay: 1 };
  await waitUntilStepComplete(soon, { ClusterId, StepId });
  await waitUntilClusterTerminated(soon, { ClusterId });

  const { Step } = await emr.send(new DescribeStepCommand({ ClusterId, StepId }));
  const { StartDateTime, EndDateTime } = Step?.Status?.Timeline ?? {};
  assert.ok(StartDateTime && EndDateTime && StartDateTime < EndDateTime);
  const { Cluster } = await emr.send(new DescribeClusterCommand({ ClusterId }));
  assert.equal(Cluster?.Status?.StateChangeReason?.Code, "ALL_STEPS_COMPLETED");
  assert.equal(await world.output(`${at}/out`), COUNTED);
  await assert.rejects(
    emr.send(new DescribeClusterCommand({ ClusterId: "j-NONE" })),
    InvalidRequestException,
  );
});
