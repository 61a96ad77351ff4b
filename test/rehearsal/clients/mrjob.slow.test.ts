import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { BOTO3 } from "../../support/python-tools.ts";
import { clientWorld, ran } from "../../support/rehearsal/clients.ts";
import { COUNTED, WORD_COUNT } from "../../support/rehearsal/words.ts";

/** mrjob's runner for EMR, unchanged: it stages its files, makes a cluster, streams, and reads the result back. */
const world = clientWorld({ packages: ["mrjob==0.7.4", BOTO3, "setuptools==80.9.0"] });

test("mrjob counts words by Hadoop streaming on a cluster of its own", async () => {
  const endpoint = world.env.AWS_ENDPOINT_URL;
  const settings = {
    region: world.env.AWS_REGION,
    ...{ emr_endpoint: endpoint, ec2_endpoint: endpoint, iam_endpoint: endpoint },
    s3_endpoint: endpoint,
    check_cluster_every: 1,
  };
  world.files({ ...WORD_COUNT, "mrjob.conf": JSON.stringify({ runners: { emr: settings } }) });
  const program = join(import.meta.dirname, "words-mrjob.py");
  // With the release that it takes by itself, 6.0.0, whose Spark and Python are long gone.
  const args = ["-r", "emr", "-c", "mrjob.conf", "text.txt"];
  const said = ran(await world.python([program, ...args]));
  const lines = said
    .trim()
    .split("\n")
    .map((line) => line.replace(/^"(.*)"\t/, "$1,"));
  assert.equal(`${lines.sort().join("\n")}\n`, COUNTED);
});
