import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { clientWorld, ran } from "../../support/rehearsal/clients.ts";
import { rightAnswer } from "../../support/rehearsal/words.ts";

/** mrjob's runner for EMR, unchanged: it stages its files, makes a cluster, streams, and reads the result back. */
const world = clientWorld("mrjob==0.7.4", "boto3==1.43.106", "setuptools==80.9.0");

test("mrjob counts words by Hadoop streaming on a cluster of its own", async () => {
  const endpoint = world.env.AWS_ENDPOINT_URL;
  const settings = {
    region: world.env.AWS_REGION,
    ...{ emr_endpoint: endpoint, ec2_endpoint: endpoint, iam_endpoint: endpoint },
    s3_endpoint: endpoint,
    check_cluster_every: 1,
  };
  const file = join(world.path, "mrjob.conf");
  writeFileSync(file, JSON.stringify({ runners: { emr: settings } }));
  const args = ["-r", "emr", "-c", file, "--image-version", "7.12.0", "text.txt"];
  const said = ran(await world.python("words-mrjob.py", ...args));
  const lines = said
    .trim()
    .split("\n")
    .map((line) => line.replace(/^"(.*)"\t/, "$1,"));
  assert.equal(`${lines.sort().join("\n")}\n`, rightAnswer());
});
