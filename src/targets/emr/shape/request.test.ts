import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { MayflyError } from "../../../base/errors.ts";
import { type EmrEntry, emrEntry } from "../../../model/file/emr-entry.ts";
import { readProject } from "../../../model/file/read-project.ts";
import { type Job, noOptions } from "../../../model/job.ts";
import { loadModel, type Model } from "../../../rehearsal/models/model.ts";
import { problemsOf } from "../../../rehearsal/models/validate.ts";
import { fitRelease } from "./fit.ts";
import { describeMachines } from "./machines.ts";
import { clusterRequest } from "./request.ts";
import { releaseOf, settingsOf } from "./settings.ts";

const job: Job = {
  ...{ name: "words", folder: "/work", steps: [], inputs: {}, outputs: {}, env: {} },
  options: noOptions(),
};

/** A target as it stands in mayfly.yaml. */
function entryOf(yaml: string): EmrEntry {
  const { targets } = readProject(`targets:\n  it: { kind: emr, ${yaml} }\n`, "mayfly.yaml");
  const entry = targets?.it;
  assert.ok(entry?.kind === "emr");
  return entry;
}
const read = (yaml: string) => settingsOf(entryOf(yaml), "it");
const requestOf = (yaml: string, surroundings = {}) => {
  const settings = read(yaml);
  const { configurations } = settings;
  return clusterRequest({
    ...{ label: job.name, release: releaseOf(job, settings), run: "r1", owner: "me", tags: {} },
    ...{ bucket: "b", settings },
    surroundings: { subnets: [], ...surroundings },
    staged: (path) => path,
    configurations: Array.isArray(configurations) ? configurations : [],
  });
};

/** Members of a value that EMR's model does not have. */
function strangers(model: Model, name: string, value: unknown, at = name): string[] {
  const shape = model.shapes[name];
  if (Array.isArray(value))
    return value.flatMap((one, i) =>
      strangers(model, shape?.member?.shape ?? "", one, `${at}.${i}`),
    );
  if (typeof value !== "object" || value === null || shape?.type === "map") return [];
  return Object.entries(value).flatMap(([member, one]) => {
    const ref = shape?.members?.[member];
    return ref ? strangers(model, ref.shape, one, `${at}.${member}`) : [`${at}.${member}`];
  });
}

const ALL = {
  groups: `workers: 3, type: r5.xlarge, primary: { type: m5.xlarge, ebs: { size: 64 } },
    ebs: { size: 100, type: gp3, count: 2, iops: 4000, throughput: 250 },
    tasks: [{ name: more, workers: 2, type: c5.xlarge, market: on-demand }, { workers: 1 }],
    additional_groups: { primary: [sg-1], workers: [sg-2, sg-3] },
    roles: { service: S, instance: I, autoscaling: A }, security_configuration: mine,
    bootstrap: [s3://b/boot.sh, { path: s3://b/two.sh, name: two, args: ["a b", "7"] }],
    configurations: [{ Classification: spark-env, Configurations: [{ Classification: export, Properties: { A: "1" } }] }],
    root_volume: { size: 40, iops: 3500, throughput: 130 }, ami: ami-0123456789abcdef0,
    step_concurrency: 4, scale_down: instance-hour, termination_protection: true,
    unhealthy_node_replacement: true, tags: { team: data }, logs: s3://l/x, idle: 5m`,
  fleets: `workers: 4, type: m5.xlarge, market: spot, spot: { allocation: capacity-optimized-prioritized, wait: 20m, fallback: end },
    tasks: [{ types: [{ type: r5.xlarge, weight: 2, priority: 1, max_price: 60% }, { type: r5a.xlarge, max_price: "0.2" }], capacity: { on_demand: 2, spot: 6 }, ebs: { size: 32 } }],
    scaling: { min: 2, max: 20, max_on_demand: 4, max_core: 6 }`,
};
const SURROUNDINGS = {
  ...{ subnets: ["subnet-1", "subnet-2"], key: "k", securityConfiguration: "c" },
  groups: { primary: "sg-a", workers: "sg-b", service: "sg-c" },
};

test("every member of a request is one of EMR's, with values that it takes", () => {
  const model = loadModel("emr");
  for (const yaml of ["workers: 0", ...Object.values(ALL)]) {
    const request = requestOf(yaml, SURROUNDINGS);
    assert.deepEqual(strangers(model, "RunJobFlowInput", request), []);
    assert.deepEqual(problemsOf(model, "RunJobFlowInput", request), []);
  }
  // The walk itself finds what is not there.
  const wrong = { Name: "x", Instances: { InstanceGroups: [{ Typ: "m5" }] } };
  assert.deepEqual(strangers(model, "RunJobFlowInput", wrong), [
    "RunJobFlowInput.Instances.InstanceGroups.0.Typ",
  ]);
});

test("instance groups, with all that may be said of a cluster", () => {
  const request = requestOf(ALL.groups, SURROUNDINGS);
  const group = (InstanceRole: string, InstanceCount: number, InstanceType: string) => ({
    ...{ InstanceRole, InstanceCount, InstanceType, Market: "ON_DEMAND" },
  });
  assert.partialDeepStrictEqual(request, {
    Instances: {
      InstanceGroups: [
        group("MASTER", 1, "m5.xlarge"),
        group("CORE", 3, "r5.xlarge"),
        { ...group("TASK", 2, "c5.xlarge"), Name: "more" },
        group("TASK", 1, "r5.xlarge"),
      ],
      ...{ Ec2SubnetId: "subnet-1", Ec2KeyName: "k", TerminationProtected: true },
      ...{ UnhealthyNodeReplacement: true, ServiceAccessSecurityGroup: "sg-c" },
      ...{ EmrManagedMasterSecurityGroup: "sg-a", EmrManagedSlaveSecurityGroup: "sg-b" },
      AdditionalMasterSecurityGroups: ["sg-1"],
      AdditionalSlaveSecurityGroups: ["sg-2", "sg-3"],
    },
    BootstrapActions: [
      { Name: "boot.sh", ScriptBootstrapAction: { Path: "s3://b/boot.sh", Args: [] } },
      { Name: "two", ScriptBootstrapAction: { Path: "s3://b/two.sh", Args: ["a b", "7"] } },
    ],
    ...{ ServiceRole: "S", JobFlowRole: "I", AutoScalingRole: "A", SecurityConfiguration: "c" },
    ...{ EbsRootVolumeSize: 40, EbsRootVolumeIops: 3500, EbsRootVolumeThroughput: 130 },
    ...{ CustomAmiId: "ami-0123456789abcdef0", StepConcurrencyLevel: 4, LogUri: "s3://l/x/" },
    ScaleDownBehavior: "TERMINATE_AT_INSTANCE_HOUR",
    AutoTerminationPolicy: { IdleTimeout: 300 },
  });
  const [primary, core] = (request.Instances as { InstanceGroups: object[] }).InstanceGroups;
  assert.partialDeepStrictEqual(core, {
    EbsConfiguration: {
      EbsBlockDeviceConfigs: [
        {
          VolumeSpecification: { VolumeType: "gp3", SizeInGB: 100, Iops: 4000, Throughput: 250 },
          VolumesPerInstance: 2,
        },
      ],
    },
  });
  assert.match(JSON.stringify(primary), /"SizeInGB":64/);
});

test("spot becomes fleets that go over to on-demand, beside a small primary on demand", () => {
  const request = requestOf("workers: 4, type: r5.4xlarge, market: spot", SURROUNDINGS);
  const fleets = [
    {
      ...{ InstanceFleetType: "MASTER", TargetOnDemandCapacity: 1, TargetSpotCapacity: 0 },
      InstanceTypeConfigs: [{ InstanceType: "m5.xlarge" }],
    },
    {
      ...{ InstanceFleetType: "CORE", TargetOnDemandCapacity: 0, TargetSpotCapacity: 4 },
      InstanceTypeConfigs: [{ InstanceType: "r5.4xlarge", WeightedCapacity: 1 }],
      LaunchSpecifications: {
        SpotSpecification: {
          ...{ TimeoutDurationMinutes: 10, TimeoutAction: "SWITCH_TO_ON_DEMAND" },
          AllocationStrategy: "price-capacity-optimized",
        },
      },
    },
  ];
  assert.partialDeepStrictEqual(request.Instances, {
    InstanceFleets: fleets,
    Ec2SubnetIds: ["subnet-1", "subnet-2"],
  });
  const { machines } = read("workers: 4, type: r5.4xlarge, market: spot");
  assert.equal(describeMachines(machines), "1 m5.xlarge (primary), 4 r5.4xlarge on spot");
});

test("spot without a fallback stays instance groups", () => {
  const request = requestOf("workers: 2, market: spot, spot: { fallback: none }");
  const { InstanceGroups } = request.Instances as { InstanceGroups: object[] };
  assert.partialDeepStrictEqual(InstanceGroups, [
    { InstanceRole: "MASTER", Market: "ON_DEMAND", InstanceCount: 1 },
    { InstanceRole: "CORE", Market: "SPOT", InstanceCount: 2 },
  ]);
});

test("the design's example is read; durations and money are numbers", () => {
  const settings = read(
    "release: emr-7.12.0, workers: 4, type: m5.xlarge, market: spot, idle: 10m, ttl: 2h, budget: $5",
  );
  assert.partialDeepStrictEqual(settings, { idleSeconds: 600, ttlSeconds: 7200, budgetUsd: 5 });
  assert.equal(describeMachines(settings.machines), "1 m5.xlarge (primary), 4 m5.xlarge on spot");
  assert.equal(describeMachines(read("instance_count: 1").machines), "1 m5.xlarge (primary)");
});

/** An error as a person meets it, with its remedy. */
function said(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    const { message, remedy } = error as MayflyError;
    return `${message}\n${remedy ?? ""}`;
  }
  return "";
}

/** What contradicts itself, with what is said of it. */
const REFUSED: [string, RegExp][] = [
  ["type: a, instance_type: b", /both instance_type and type/],
  ["workers: 1, instance_count: 2", /both instance_count and workers/],
  ["type: a, types: [b]", /both type and types/],
  ["workers: 1, capacity: { spot: 2 }", /both workers and capacity/],
  ["market: spot, capacity: { spot: 2 }", /both market and capacity/],
  ["workers: 0, market: spot", /"market: spot" is about workers, and there are none/],
  ["workers: 0, tasks: [{ workers: 1 }]", /tasks and no workers/],
  ["capacity: { spot: 0 }", /capacity is nothing/],
  ["spot: { wait: 10m }", /nothing of it is on spot/],
  ["market: spot, spot: { wait: 2m }", /spot\.wait is 2m/],
  ["types: [a, b], capacity: { spot: 2 }, spot: { fallback: none }", /means instance groups/],
  ["market: spot, spot: { fallback: none, allocation: diversified }", /are those of a fleet/],
  ["market: spot, tasks: [{ workers: 1 }, { workers: 2 }]", /2 entries of tasks, and spot with/],
  ["subnet: [subnet-1, subnet-2]", /2 subnets, of which EMR chooses for fleets only/],
  ["scaling: { min: 5, max: 3 }", /scaling\.min is 5 and scaling\.max 3/],
  ["workers: 0, scaling: { min: 1, max: 3 }", /scales workers and has none/],
  ["idle: 30s", /idle limit is 30 seconds/],
  ["idle: 8d", /idle limit is 691200 seconds/],
  ["ttl: 0s", /its time to live \(ttl\) is nothing/],
  ["budget: $0", /budget is nothing/],
  ["step_concurrency: 257", /step_concurrency is 257/],
  ["ssh_from: 1.2.3.4/32", /no key to come in with/],
  ["key: k, ssh_from: 0.0.0.0/0", /no port is opened to the world/],
  ["key: k, ssh_from: 1.2.3.4/32, security_groups: emr", /not Mayfly's to change/],
  ["tags: { mayfly:run: x }", /the tag "mayfly:run" is not yours to set/],
  ["ebs: { size: 10, type: gp9 }", /ebs of primary is of type "gp9"/],
  ["ebs: { size: 10, type: io1 }", /io1 and says no iops/],
  ["ebs: { size: 10, type: gp2, throughput: 200 }", /throughput, which gp2 does not take/],
  ["worker: 3", /targets\.it\.worker is not a word of this file.*did you mean "workers"/s],
  [
    "key: { make: true, formt: ppk }",
    /targets\.it\.key\.formt is not a word of this file.*"format"/s,
  ],
  ["market: spots", /targets\.it\.market is "spots"; expected \("spot" \| "on-demand"\)/],
  ["idle: soon", /targets\.it\.idle is "soon"; expected a time: 90s/],
];

test("what contradicts itself is refused, each with its own words", () => {
  for (const [yaml, words] of REFUSED)
    assert.match(
      said(() => read(yaml)),
      words,
      yaml,
    );
});

const UNFIT: [string, string, RegExp][] = [
  [
    "applications: [Spark, Ganglia]",
    "emr-7.12.0",
    /Ganglia is gone since emr-7\.0\.0, and this is/,
  ],
  [
    "applications: [JupyterHub]",
    "emr-5.13.0",
    /JupyterHub is not in emr-5\.13\.0: .* since emr-5\.14/,
  ],
  ["applications: [Zepelin]", "emr-7.12.0", /Zepelin is no application of EMR/],
  ["idle: 10m", "emr-5.28.0", /emr-5\.28\.0 does not have an idle limit/],
  ["idle: 10m", "emr-6.0.0", /does not have an idle limit/],
  ["scaling: { min: 1, max: 2 }", "emr-5.29.0", /does not have managed scaling/],
  ["step_concurrency: 2", "emr-5.27.0", /does not have steps side by side/],
  ["root_volume: { iops: 4000 }", "emr-6.14.0", /iops and throughput of the root volume/],
  ["market: spot", "emr-5.0.3", /does not have instance fleets/],
  ["workers: 1", "emr-7", /"emr-7" is no release of EMR/],
];

test("what a release does not have is refused with its name; what is only worth a word is told", () => {
  for (const [yaml, release, words] of UNFIT)
    assert.throws(() => fitRelease(read(yaml), release), words, `${yaml} ${release}`);
  assert.deepEqual(fitRelease(read("applications: [spark, Ganglia, Livy]"), "emr-6.15.0"), []);
  const told = (yaml: string, release = "emr-7.12.0") => fitRelease(read(yaml), release).join("\n");
  assert.match(told("primary: { market: spot }"), /the primary is on spot/);
  assert.match(told("market: spot, spot: { fallback: none }"), /without a fallback/);
  assert.match(told("termination_protection: true"), /the cluster stays until/);
  assert.match(told("workers: 1", "emr-5.28.0"), /emr-5\.28\.0 has no idle limit/);
  assert.match(told("workers: 1", "emr-7.99.0"), /emr-7\.99\.0 is not in the list/);
  // EMR's spelling goes to EMR.
  assert.deepEqual(requestOf("applications: [spark, jupyterhub]").Applications, [
    { Name: "Spark" },
    { Name: "JupyterHub" },
  ]);
});

test("the page of settings has every word of the schema", () => {
  const page = readFileSync(new URL("../../../../docs/emr-settings.md", import.meta.url), "utf8");
  const words = Object.keys(emrEntry.entries).filter((word) => word !== "kind");
  const said = new Set([...page.matchAll(/`(\w+)`/g)].map(([, word]) => word));
  assert.deepEqual(
    words.filter((word) => !said.has(word)),
    [],
  );
});
