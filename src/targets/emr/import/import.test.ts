import assert from "node:assert/strict";
import { test } from "node:test";
import { LINES } from "../../../../test/support/emr/tutorial-lines.ts";
import { WIDE } from "../../../../test/support/emr/wide-request.ts";
import { createLine } from "../plan/line.ts";
import { flowOf } from "./flow.ts";
import { importLine } from "./import.ts";
import { readOptions } from "./options.ts";
import { commandIn } from "./shell.ts";
import { readShorthand } from "./shorthand.ts";

const none = () => undefined;

test("words of a shell: quotes, lines that go on, comments, variables that are set before", () => {
  const text = `#!/bin/bash
# aws emr create-cluster --name not-this
name="it's  one"; list='Name=Hadoop Name=Spark'
echo aws emr list-clusters
aws emr create-cluster --name "$name" \\
  --applications $list --log-uri s3://b/\${name} --tags a=b\\ c 'd=$e' \\
  --region $REGION && echo done
`;
  const found = commandIn(text);
  assert.deepEqual(found?.words, [
    ...["--name", "it's  one", "--applications", "Name=Hadoop", "Name=Spark"],
    ...["--log-uri", "s3://b/it's", "one", "--tags", "a=b c", "d=$e", "--region", "$REGION"],
  ]);
  assert.deepEqual(found?.open, ["$REGION"]);
  assert.equal(commandIn("aws emr list-clusters"), undefined);
});

test("aws-cli's shorthand", () => {
  const cases: [string, unknown][] = [
    ["a=b", { a: "b" }],
    ["a=b,c=d", { a: "b", c: "d" }],
    ["a=b,c,d=e", { a: ["b", "c"], d: "e" }],
    ["a=[b,c],d={e=f,g=[h]}", { a: ["b", "c"], d: { e: "f", g: ["h"] } }],
    [`a='x,y',b="z=1"`, { a: "x,y", b: "z=1" }],
    ["a=x\\,y", { a: "x,y" }],
    ["a=s3://b/k?x=1,b=2", { a: "s3://b/k?x=1", b: "2" }],
    ["a=[{b=1,c=2},{b=3}]", { a: [{ b: "1", c: "2" }, { b: "3" }] }],
    ["a=,b=c", { a: "", b: "c" }],
  ];
  for (const [text, value] of cases) assert.deepEqual(readShorthand(text), value, text);
  assert.throws(() => readShorthand("a=[b"), /expected "," at character 5/);
  assert.throws(() => readShorthand("word"), /expected "="/);
});

test("the line of a request reads as the same request", () => {
  const { line, left } = createLine(WIDE, "eu-west-1");
  assert.deepEqual(left, []);
  const words = commandIn(line)?.words ?? [];
  assert.deepEqual(flowOf(readOptions(words, none)), WIDE);
});

test("a wide request becomes words of mayfly.yaml, and what they cannot say is told", () => {
  const { content, left } = importLine(createLine(WIDE, "eu-west-1").line, none);
  assert.deepEqual(content, {
    jobs: {
      "it-s-wide": {
        steps: [
          {
            ...{ script: "s3://b/count.py", submit: ["--conf", "a=b"], args: ["in", "--x"] },
            ...{ name: "count", on_failure: "continue" },
          },
        ],
      },
    },
    targets: {
      "it-s-wide": {
        ...{ kind: "emr", release: "emr-7.12.0", logs: "s3://b/logs/" },
        applications: ["Spark", "Hive"],
        ...{ key: "mine", subnet: ["subnet-1", "subnet-2"], roles: { instance: "Mine" } },
        additional_groups: { primary: ["sg-1"] },
        bootstrap: [{ path: "s3://b/boot.sh", name: "tools", args: ["a b", "c"] }],
        configurations: [{ Classification: "spark-defaults", Properties: { "spark.a": "1,2" } }],
        ...{ root_volume: { size: 20 }, step_concurrency: 2, idle: "15m", region: "eu-west-1" },
        scaling: { min: 2, max: 20 },
        tags: { team: "data = good, cheap" },
        types: [
          { type: "r5.xlarge", weight: 2, max_price: "60%" },
          { type: "r5.2xlarge", weight: 4 },
        ],
        capacity: { spot: 8 },
        primary: { types: ["m5.xlarge"], market: "on-demand" },
        spot: { allocation: "price-capacity-optimized", wait: "10m", fallback: "on-demand" },
      },
    },
  });
  assert.deepEqual(left, [
    "the cluster stayed until somebody ended it: mayfly run ends its own when the job is done",
  ]);
});

test("groups with spot workers, volumes and a task group; files beside the line; what is not ours", () => {
  const line = `aws emr create-cluster --name Nightly --release-label emr-6.15.0 --use-default-roles \\
    --instance-groups InstanceGroupType=MASTER,InstanceCount=1,InstanceType=m5.xlarge \\
      'InstanceGroupType=CORE,InstanceCount=4,InstanceType=r5.2xlarge,BidPrice=0.25,EbsConfiguration={EbsBlockDeviceConfigs=[{VolumeSpecification={VolumeType=gp3,SizeInGB=100},VolumesPerInstance=2}]}' \\
      InstanceGroupType=TASK,InstanceCount=2,InstanceType=r5.2xlarge,BidPrice=OnDemandPrice \\
    --configurations file://conf.json --ec2-attributes KeyName=k,AvailabilityZone=us-east-1a \\
    --auto-terminate --kerberos-attributes Realm=EC2.INTERNAL --enable-debugging \\
    --steps Type=Spark,Name=p,Args=[--deploy-mode,cluster,--class,a.B,s3://b/p.jar,x] Type=CUSTOM_JAR,Jar=s3://b/mr.jar,Args=i,o`;
  const files: Record<string, string> = { "conf.json": '[{"Classification":"hive-site"}]' };
  const { content, left } = importLine(line, (path) => files[path]);
  assert.deepEqual(content.targets.nightly, {
    ...{ kind: "emr", release: "emr-6.15.0", key: "k", type: "r5.2xlarge", market: "spot" },
    configurations: [{ Classification: "hive-site" }],
    ebs: { size: 100, type: "gp3", count: 2 },
    workers: 4,
    primary: { market: "on-demand", type: "m5.xlarge" },
    tasks: [{ type: "r5.2xlarge", market: "spot", workers: 2 }],
    spot: { fallback: "none" },
  });
  assert.deepEqual(content.jobs, {
    nightly: {
      steps: [
        {
          jar: "s3://b/p.jar",
          submit: ["--deploy-mode", "cluster", "--class", "a.B"],
          ...{ args: ["x"], name: "p", on_failure: "continue" },
        },
      ],
    },
  });
  for (const part of [
    /KerberosAttributes/,
    /BidPrice=0\.25 of CORE/,
    /Placement: .*us-east-1a/,
    /--enable-debugging/,
    /step "Custom JAR": the program s3:\/\/b\/mr\.jar i o/,
  ])
    assert.ok(
      left.some((one) => part.test(one)),
      `${part}: ${left.join("\n")}`,
    );
  assert.throws(() => importLine(line, none), /--configurations "file:\/\/conf\.json"/);
});

test("the tutorials' own lines", () => {
  const [first, second, script] = LINES.map((line) => importLine(line, none));
  assert.deepEqual(first?.content.targets["cluster-name"], {
    ...{ kind: "emr", release: "emr-5.28.0", applications: ["Spark", "Zeppelin"] },
    bootstrap: [{ path: "s3://bootstrap.sh" }],
    ...{ key: "<Key-pair-file-name>", subnet: "<subnet-Id>", type: "m5.xlarge", workers: 2 },
  });
  assert.ok(first?.left.includes("--log-uri s3:///emrlogs/: it names no bucket"));
  assert.ok(first?.left.includes("<subnet-Id> is still to be filled in"));
  assert.equal(second?.content.targets["your-cluster-name"]?.profile, "<profile-name>");
  assert.deepEqual(script?.content.targets.oneoff, {
    ...{ kind: "emr", release: "emr-5.7.0", applications: ["Hadoop", "Spark"] },
    ...{ key: "datasci", subnet: "subnet-0123", logs: "s3n://spark-oneoff/logs/" },
    roles: { autoscaling: "EMR_AutoScaling_DefaultRole" },
    bootstrap: [{ path: "s3://spark-oneoff/scripts/bootstrap.sh" }],
    ...{ type: "m4.2xlarge", workers: 4, tags: { Name: "oneoff" } },
    ...{ region: "us-west-2", profile: "oneoff" },
  });
  const { steps } = script?.content.jobs?.oneoff ?? {};
  const [step] = steps as { command: string[] }[];
  assert.equal(step?.command.at(-1), "s3://spark-oneoff/scripts/piggyback.sh");
  assert.deepEqual(
    script?.left.map((one) => one.split(":")[0]),
    ["--enable-debugging", "the cluster stayed until somebody ended it", 'step "CustomJAR"'],
  );
});

test("mistakes are told with the nearest right word", () => {
  const wrong = (line: string, expected: RegExp) =>
    assert.throws(() => importLine(line, none), expected, line);
  wrong("aws emr create-cluster --relase-label x", /no such option/);
  wrong("aws emr create-cluster --configurations '[{'", /it is no JSON/);
  wrong("aws emr describe-cluster", /there is no "aws emr create-cluster"/);
});
