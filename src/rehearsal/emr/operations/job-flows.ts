import { seconds } from "../../protocol/times.ts";
import type { Cluster, Step } from "../cluster.ts";
import { masterOf, nameOf, viewGroup } from "../view.ts";
import type { Emr } from "../world.ts";

const DAY_MS = 86_400_000;

/** DescribeJobFlows, which AWS keeps for clients from before 2013: the same clusters in the words of that time. */
export function jobFlowOperations({ clusters, now }: Emr) {
  return {
    DescribeJobFlows(asked: {
      JobFlowIds?: string[];
      JobFlowStates?: string[];
      CreatedAfter?: number;
      CreatedBefore?: number;
    }) {
      const { JobFlowIds: ids, JobFlowStates: states, CreatedAfter, CreatedBefore } = asked;
      // API reference: without parameters what still lives, and what was made within two weeks; 512 at most.
      const all = [ids, states, CreatedAfter, CreatedBefore].every((one) => one === undefined);
      const fitting = clusters
        .all()
        .filter(
          (one) =>
            (!ids?.length || ids.includes(one.id)) &&
            (!states?.length || states.includes(stateOf(one))) &&
            one.times.created >= (CreatedAfter ?? 0) * 1000 &&
            one.times.created <= (CreatedBefore ?? Number.POSITIVE_INFINITY) * 1000 &&
            (!all || one.times.ended === undefined || one.times.created > now() - 14 * DAY_MS),
        );
      return { JobFlows: fitting.slice(0, 512).map(jobFlow) };
    },
  };
}

function stateOf({ state, reason }: Cluster): string {
  if (state === "TERMINATING") return "SHUTTING_DOWN";
  if (state === "TERMINATED_WITH_ERRORS") return "FAILED";
  if (state === "TERMINATED" && reason.Code === "ALL_STEPS_COMPLETED") return "COMPLETED";
  return state;
}

function jobFlow(cluster: Cluster) {
  const { request, times, groups, instances } = cluster;
  const { Instances: wanted } = request;
  const master = masterOf(cluster);
  const core = groups.find(({ role }) => role === "CORE");
  return {
    JobFlowId: cluster.id,
    Name: cluster.name,
    LogUri: request.LogUri,
    ExecutionStatusDetail: {
      State: stateOf(cluster),
      CreationDateTime: seconds(times.created),
      StartDateTime: seconds(times.ready),
      ReadyDateTime: seconds(times.ready),
      EndDateTime: seconds(times.ended),
      LastStateChangeReason: cluster.reason.Message,
    },
    Instances: {
      MasterInstanceType: master.type,
      MasterPublicDnsName: master.address ? nameOf(master) : undefined,
      MasterInstanceId: master.ec2Id || undefined,
      SlaveInstanceType: core?.type ?? master.type,
      InstanceCount: instances.filter(({ state }) => state !== "TERMINATED").length,
      InstanceGroups: groups
        .filter(({ kind }) => kind === "group")
        .map((group) => {
          const view = viewGroup(group, cluster);
          return {
            InstanceGroupId: view.Id,
            Name: view.Name,
            Market: view.Market,
            InstanceRole: view.InstanceGroupType,
            InstanceType: view.InstanceType,
            InstanceRequestCount: view.RequestedInstanceCount,
            InstanceRunningCount: view.RunningInstanceCount,
            State: view.Status.State,
            CreationDateTime: view.Status.Timeline.CreationDateTime,
          };
        }),
      Ec2KeyName: wanted.Ec2KeyName,
      Ec2SubnetId: cluster.place?.subnet ?? wanted.Ec2SubnetId,
      Placement: cluster.place && { AvailabilityZone: cluster.place.zone },
      KeepJobFlowAliveWhenNoSteps: cluster.keepAlive,
      TerminationProtected: cluster.terminationProtected,
    },
    Steps: cluster.steps.map(jobFlowStep),
    BootstrapActions: cluster.bootstrapActions.map(({ Name, ScriptPath, Args }) => ({
      BootstrapActionConfig: { Name, ScriptBootstrapAction: { Path: ScriptPath, Args } },
    })),
    VisibleToAllUsers: cluster.visible,
    JobFlowRole: request.JobFlowRole,
    ServiceRole: request.ServiceRole,
  };
}

function jobFlowStep({ name, onFailure, jar, state, times, failure }: Step) {
  return {
    StepConfig: { Name: name, ActionOnFailure: onFailure, HadoopJarStep: jar },
    ExecutionStatusDetail: {
      State: state === "CANCEL_PENDING" ? "RUNNING" : state,
      CreationDateTime: seconds(times.created),
      StartDateTime: seconds(times.started),
      EndDateTime: seconds(times.ended),
      LastStateChangeReason: failure?.Message ?? failure?.Reason,
    },
  };
}
