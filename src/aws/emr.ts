import { type AskJson, askJson } from "./ask-json.ts";
import { unless } from "./asking.ts";
import type { Session } from "./session.ts";

/** Of EMR's API what a run needs; times are seconds, as the protocol has them. */
export interface Emr {
  /** Has no client token: a lost reply may mean a cluster. */
  runJobFlow(request: object): Promise<string>;
  describeCluster(id: string, signal?: AbortSignal): Promise<EmrCluster>;
  listClusters(wish: { createdAfter: number; states?: string[] }): Promise<EmrCluster[]>;
  /** Has no client token either. */
  addStep(cluster: string, step: EmrStepRequest): Promise<string>;
  describeStep(cluster: string, step: string, signal?: AbortSignal): Promise<EmrStep>;
  listSteps(cluster: string): Promise<EmrStep[]>;
  cancelStep(cluster: string, step: string): Promise<void>;
  terminate(cluster: string): Promise<void>;
  /** Whether EMR refuses to end it. */
  protect(cluster: string, on: boolean): Promise<void>;
  tag(cluster: string, tags: Record<string, string>): Promise<void>;
  untag(cluster: string, keys: string[]): Promise<void>;
  /** Seconds without a step until EMR ends it. */
  setIdle(cluster: string, seconds: number): Promise<void>;
  resizeGroup(cluster: string, group: string, count: number): Promise<void>;
  resizeFleet(
    cluster: string,
    fleet: string,
    capacity: { onDemand: number; spot: number },
  ): Promise<void>;
  /** Also those that are gone. */
  listInstances(cluster: string): Promise<EmrInstance[]>;
  listGroups(cluster: string): Promise<EmrGroup[]>;
  listFleets(cluster: string): Promise<EmrFleet[]>;
  hasSecurityConfiguration(name: string): Promise<boolean>;
  /** One of a name: a second one is refused. */
  createSecurityConfiguration(name: string, content: object): Promise<void>;
}

export interface EmrInstance {
  Ec2InstanceId?: string;
  InstanceGroupId?: string;
  InstanceFleetId?: string;
  InstanceType?: string;
  Market?: string;
  Status?: EmrStatus;
}

export interface EmrGroup {
  Id: string;
  InstanceGroupType: "MASTER" | "CORE" | "TASK";
  InstanceType: string;
  Market?: "ON_DEMAND" | "SPOT";
  RequestedInstanceCount: number;
  RunningInstanceCount: number;
  EbsBlockDevices?: EmrVolume[];
}

export interface EmrFleet {
  Id: string;
  InstanceFleetType: "MASTER" | "CORE" | "TASK";
  TargetOnDemandCapacity?: number;
  TargetSpotCapacity?: number;
  InstanceTypeSpecifications?: { InstanceType: string; EbsBlockDevices?: EmrVolume[] }[];
}

export interface EmrVolume {
  VolumeSpecification?: { VolumeType: string; SizeInGB: number };
}

export interface EmrStatus {
  State: string;
  StateChangeReason?: { Code?: string; Message?: string };
  FailureDetails?: { Reason?: string; Message?: string; LogFile?: string };
  Timeline?: Record<string, number>;
}

export interface EmrCluster {
  Id: string;
  Name: string;
  Status: EmrStatus;
  Tags?: { Key: string; Value: string }[];
  LogUri?: string;
  ReleaseLabel?: string;
  TerminationProtected?: boolean;
  MasterPublicDnsName?: string;
  InstanceCollectionType?: "INSTANCE_GROUP" | "INSTANCE_FLEET";
  EbsRootVolumeSize?: number;
}

export interface EmrStep {
  Id: string;
  Name: string;
  Status: EmrStatus;
}

export interface EmrStepRequest {
  Name: string;
  ActionOnFailure: "CONTINUE";
  HadoopJarStep: { Jar: string; Args: string[] };
}

/** With a signal, nothing is asked any more once it is given. */
export function openEmr(session: Session, signal?: AbortSignal): Emr {
  const service = askJson(session, { service: "elasticmapreduce", target: "ElasticMapReduce" });
  const ask: AskJson = (operation, input, options) =>
    service(operation, input, { signal, ...options });
  /** All pages of a list. */
  const all = async <T>(operation: string, input: object, member: string): Promise<T[]> => {
    const found: T[] = [];
    let Marker: string | undefined;
    do {
      const page = await ask<Record<string, T[]> & { Marker?: string }>(operation, {
        ...input,
        ...(Marker ? { Marker } : {}),
      });
      found.push(...(page[member] ?? []));
      Marker = page.Marker;
    } while (Marker);
    return found;
  };
  return {
    async runJobFlow(request) {
      const { JobFlowId } = await ask<{ JobFlowId: string }>("RunJobFlow", request, { once: true });
      return JobFlowId;
    },
    async describeCluster(ClusterId, signal) {
      const asked = ask<{ Cluster: EmrCluster }>("DescribeCluster", { ClusterId }, { signal });
      return (await asked).Cluster;
    },
    listClusters: ({ createdAfter, states }) =>
      all(
        "ListClusters",
        { CreatedAfter: createdAfter / 1000, ...(states ? { ClusterStates: states } : {}) },
        "Clusters",
      ),
    async addStep(JobFlowId, step) {
      const input = { JobFlowId, Steps: [step] };
      const { StepIds } = await ask<{ StepIds: string[] }>("AddJobFlowSteps", input, {
        once: true,
      });
      return StepIds[0] ?? "";
    },
    async describeStep(ClusterId, StepId, signal) {
      const asked = ask<{ Step: EmrStep }>("DescribeStep", { ClusterId, StepId }, { signal });
      return (await asked).Step;
    },
    listSteps: (ClusterId) => all("ListSteps", { ClusterId }, "Steps"),
    async cancelStep(ClusterId, step) {
      await ask("CancelSteps", {
        ClusterId,
        StepIds: [step],
        StepCancellationOption: "TERMINATE_PROCESS",
      });
    },
    listInstances: (ClusterId) => all("ListInstances", { ClusterId }, "Instances"),
    listGroups: (ClusterId) => all("ListInstanceGroups", { ClusterId }, "InstanceGroups"),
    listFleets: (ClusterId) => all("ListInstanceFleets", { ClusterId }, "InstanceFleets"),
    async terminate(cluster) {
      await ask("TerminateJobFlows", { JobFlowIds: [cluster] });
    },
    async protect(cluster, TerminationProtected) {
      await ask("SetTerminationProtection", { JobFlowIds: [cluster], TerminationProtected });
    },
    async tag(ResourceId, tags) {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      await ask("AddTags", { ResourceId, Tags });
    },
    async untag(ResourceId, TagKeys) {
      await ask("RemoveTags", { ResourceId, TagKeys });
    },
    async setIdle(ClusterId, IdleTimeout) {
      await ask("PutAutoTerminationPolicy", {
        ClusterId,
        AutoTerminationPolicy: { IdleTimeout },
      });
    },
    async resizeGroup(ClusterId, InstanceGroupId, InstanceCount) {
      await ask("ModifyInstanceGroups", {
        ClusterId,
        InstanceGroups: [{ InstanceGroupId, InstanceCount }],
      });
    },
    async resizeFleet(ClusterId, InstanceFleetId, { onDemand, spot }) {
      await ask("ModifyInstanceFleet", {
        ClusterId,
        InstanceFleet: {
          InstanceFleetId,
          TargetOnDemandCapacity: onDemand,
          TargetSpotCapacity: spot,
        },
      });
    },
    async hasSecurityConfiguration(Name) {
      // EMR says InvalidRequestException of one that is not there.
      const found = await ask("DescribeSecurityConfiguration", { Name }).catch(
        unless("InvalidRequestException"),
      );
      return found !== undefined;
    },
    async createSecurityConfiguration(Name, content) {
      const SecurityConfiguration = JSON.stringify(content);
      await ask("CreateSecurityConfiguration", { Name, SecurityConfiguration });
    },
  };
}
