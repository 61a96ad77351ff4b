import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { clientWorld } from "../support/rehearsal/clients.ts";
import { countWords } from "../support/rehearsal/words.ts";

/**
 * The second `aws emr create-cluster` of tutorial 0 (a course's chapter "Create an EMR cluster using AWS CLI"), with a step
 * added, and all that a person does around it. Its Spark 2.4 is too old for today's Python and Java.
 */
const world = clientWorld({ profile: "student" });
const { aws, asked: ask } = world;

const COUNT = `import sys
from pyspark import SparkContext
sc = SparkContext(appName="word count")
counts = sc.textFile(sys.argv[1]).flatMap(lambda line: line.split(" ")).map(lambda word: (word, 1)).reduceByKey(lambda a, b: a + b)
counts.map(lambda pair: "%s %d" % pair).saveAsTextFile(sys.argv[2])
print("Spark", sc.version)
`;
const WORDS = "to be or not to be\nthat is the question\nto die to sleep\n";

interface Steps {
  Steps: { Id: string; Name: string; Status: { State: string } }[];
}

test("tutorial 0's second create-cluster counts words, on the oldest Spark that runs, and says so", async () => {
  world.files({ "count.py": COUNT, "words.txt": WORDS });
  await aws("s3", "mb", "s3://class");
  await aws("s3", "cp", "count.py", "s3://class/code/count.py");
  await aws("s3", "sync", ".", "s3://class/data", "--exclude", "*", "--include", "words.txt");
  await aws("ec2", "create-key-pair", "--key-name", "AWS_EC2_Demo");
  const { Subnets } = await ask<{ Subnets: { SubnetId: string }[] }>("ec2", "describe-subnets");

  const { ClusterId: id } = await ask<{ ClusterId: string }>(
    ...["emr", "create-cluster", "--name", "demo cluster", "--use-default-roles"],
    ...["--release-label", "emr-5.28.0", "--instance-count", "3", "--applications", "Name=Spark"],
    ...["--ec2-attributes", `KeyName=AWS_EC2_Demo,SubnetId=${Subnets[0]?.SubnetId}`],
    ...["--instance-type", "m5.xlarge", "--auto-terminate", "--log-uri", "s3://class/emrlogs/"],
    "--steps",
    "Type=Spark,Name=count,ActionOnFailure=CONTINUE,Args=[s3://class/code/count.py,s3://class/data/words.txt,s3://class/out]",
  );
  const described = await ask<object>("emr", "describe-cluster", "--cluster-id", id);
  assert.partialDeepStrictEqual(described, {
    Cluster: {
      Name: "demo cluster",
      ReleaseLabel: "emr-5.28.0",
      Applications: [{ Name: "Spark", Version: "2.4.4" }],
      Ec2InstanceAttributes: { Ec2KeyName: "AWS_EC2_Demo", Ec2SubnetId: Subnets[0]?.SubnetId },
    },
  });
  const list = await ask<{ Clusters: { Id: string }[] }>("emr", "list-clusters");
  assert.deepEqual(
    list.Clusters.map(({ Id }) => Id),
    [id],
  );
  const added = await ask<{ StepIds: string[] }>(
    ...["emr", "add-steps", "--cluster-id", id, "--steps"],
    "Type=CUSTOM_JAR,Name=listing,ActionOnFailure=CONTINUE,Jar=command-runner.jar,Args=[hadoop,fs,-ls,s3://class/out]",
  );
  const [second = ""] = added.StepIds;
  // aws-cli's own waiters look once in 30 seconds: both at once.
  await Promise.all([
    aws("emr", "wait", "step-complete", "--cluster-id", id, "--step-id", second),
    aws("emr", "wait", "cluster-terminated", "--cluster-id", id),
  ]);
  const { Steps } = await ask<Steps>("emr", "list-steps", "--cluster-id", id);
  assert.deepEqual(
    Steps.map(({ Name, Status }) => `${Name} ${Status.State}`),
    ["listing COMPLETED", "count COMPLETED"],
  );

  await aws("s3", "sync", "s3://class/out", "out");
  const parts = await aws("s3", "ls", "s3://class/out/");
  const found = [...parts.matchAll(/part-\d+/g)].flatMap(([name]) =>
    readFileSync(join(world.path, "out", name), "utf8")
      .split("\n")
      .filter(Boolean),
  );
  assert.deepEqual(
    found.sort(),
    countWords(WORDS).map((pair) => pair.join(" ")),
  );

  const count = Steps.find(({ Name }) => Name === "count")?.Id;
  const logs = `s3://class/emrlogs/${id}/steps/${count}`;
  await aws("s3", "sync", logs, "logs");
  const log = (name: string) =>
    gunzipSync(readFileSync(join(world.path, "logs", `${name}.gz`))).toString();
  const ran = /^Spark (3\.4\.\d+)$/m.exec(log("stdout"))?.[1];
  assert.ok(ran, log("stdout"));
  assert.match(
    log("controller"),
    new RegExp(`INFO Spark 2\\.4\\.4 of emr-5\\.28\\.0 does not run .*: Spark ${ran} runs instead`),
  );

  // Its event log is what a user interface leads to.
  const { ClusterArn } = (described as { Cluster: { ClusterArn: string } }).Cluster;
  const ui = await ask<{ PersistentAppUIId: string }>(
    ...["emr", "create-persistent-app-ui", "--target-resource-arn", ClusterArn],
  );
  const { PresignedURL } = await ask<{ PresignedURL: string }>(
    ...["emr", "get-persistent-app-ui-presigned-url"],
    ...["--persistent-app-ui-id", ui.PersistentAppUIId],
  );
  const page = await fetch(PresignedURL);
  assert.equal(page.status, 200);
  const [, link = ""] = /href="([^"]+)"/.exec(await page.text()) ?? [];
  const events = await (await fetch(link.replaceAll("&amp;", "&"))).text();
  assert.match(events, /"SparkListenerApplicationStart","App Name":"word count"/);
});
