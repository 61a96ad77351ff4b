import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { chooseSpark } from "../../spark/choose.ts";
import { sparkOfRelease } from "../../spark/releases.ts";
import type { Faults } from "../faults/faults.ts";
import { filesInside, readInside } from "../instances/read.ts";
import { removeRoot } from "../instances/remove.ts";
import type { Instance, Instances } from "../instances.ts";
import { logShipper, type Put } from "../logs.ts";
import { stepProgram } from "../steps/command.ts";
import { tailOf } from "../tail.ts";
import type { Cluster, ClusterInstance, Step } from "./cluster.ts";
import { openController } from "./controller.ts";
import type { Lost, Nodes } from "./life.ts";
import { logFolder, masterOf, nameOf } from "./view.ts";

const CONTAINERS = "var/log/hadoop-yarn/containers";
/** EMR's guide, "View log files": the logs of a cluster that runs are archived every five minutes. */
const SHIP_MS = 5 * 60_000;
const EVENTS = "var/log/spark/apps";
/** How script-runner ends where there is no script: EX_NOINPUT of sysexits. */
const UNFETCHED = 66;

export interface NodesOptions {
  /** A folder for each cluster is made in it. */
  folder: string;
  instances: Instances;
  /** What a client in an instance needs to reach the rehearsal. */
  aws: Record<string, string>;
  put: Put;
  faults?: Faults;
  /** So many times as fast go the five minutes between two looks at the logs. */
  speed?: number;
  /** Without walls where this machine has none. */
  unsafe?: boolean;
}

/** Of releases whose Spark is too old for today's Python and Java. */
function otherSpark({ request: { ReleaseLabel: release = "" } }: Cluster): string | undefined {
  const asked = sparkOfRelease(release);
  const { version } = chooseSpark({ release });
  if (asked === undefined || asked === version) return undefined;
  return `Spark ${asked} of ${release} does not run on this machine: Spark ${version} runs instead`;
}

/** Machines that are roots of this one: bootstrap actions and steps really run, and what they print goes where EMR puts it. */
export function realNodes(options: NodesOptions): Nodes {
  const open = new Map<string, { instances: Instance[]; lost: Lost }>();
  const folderOf = ({ id }: Cluster) => join(options.folder, id);
  const shipperOf = (cluster: Cluster) =>
    logShipper(
      logFolder(cluster),
      options.put,
      (key) => options.faults?.next("late-logs", { cluster: cluster.name, key })?.ms ?? 0,
    );
  /** Of an instance: it opens them itself, and can name nothing else of this machine. */
  const logsOf = (instance: Instance, ...path: string[]) => {
    const folder = join(instance.folder, "logs", ...path);
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  const shipAll = async (cluster: Cluster, folder: string, under: string) => {
    const shipper = shipperOf(cluster);
    for (const name of readdirSync(folder))
      if (!name.endsWith(".gz")) await shipper.ship(`${under}/${name}`, join(folder, name));
  };
  const become = (cluster: Cluster, state: ClusterInstance["state"]) => {
    for (const one of cluster.instances) {
      if (one.state === "TERMINATED") continue;
      one.state = state;
      if (state === "RUNNING") one.times.ready ??= Date.now();
      if (state === "TERMINATED") one.times.ended = Date.now();
    }
  };

  const openOne = async (cluster: Cluster, one: ClusterInstance): Promise<Instance> => {
    const spark = sparkOfRelease(cluster.request.ReleaseLabel ?? "");
    const instance = await options.instances.open({
      clusterId: cluster.id,
      id: one.ec2Id,
      role: cluster.groups.find(({ id }) => id === one.group)?.role ?? "CORE",
      group: one.group,
      folder: join(folderOf(cluster), one.ec2Id),
      hostname: nameOf(one).split(".")[0] ?? "",
      ...(spark ? { spark } : {}),
      hdfs: join(folderOf(cluster), "hdfs"),
      aws: options.aws,
      configurations: cluster.request.Configurations ?? [],
      unsafe: options.unsafe ?? false,
    });
    const opened = open.get(cluster.id);
    opened?.instances.push(instance);
    void instance.ended.then((why) => {
      if (opened?.instances.includes(instance)) opened.lost(`The instance ended: ${why}.`, one);
    });
    return instance;
  };
  const close = async (cluster: Cluster, instance: Instance) => {
    const { instances = [] } = open.get(cluster.id) ?? {};
    if (instances.includes(instance)) instances.splice(instances.indexOf(instance), 1);
    await instance.terminate();
    await removeRoot(instance.folder);
  };
  const bootstrapOne = async (cluster: Cluster, instance: Instance, signal: AbortSignal) => {
    for (const [i, { ScriptPath, Args }] of cluster.bootstrapActions.entries()) {
      const under = `node/${instance.id}/bootstrap-actions/${i + 1}`;
      const folder = logsOf(instance, under);
      const { code } = await instance.run(["script-runner", ScriptPath, ...Args], {
        stdout: join(folder, "stdout"),
        stderr: join(folder, "stderr"),
        env: { UNFETCHED: String(UNFETCHED) },
        signal,
      });
      await shipAll(cluster, folder, under);
      if (code === 0) continue;
      const isMaster = masterOf(cluster).ec2Id === instance.id;
      // In two public traces, of masters alone, TERMINATED_WITH_ERRORS has these words.
      if (code === UNFETCHED)
        return `${isMaster ? "Master" : "Slave"} instance (${instance.id}) failed attempting to download bootstrap action ${i + 1} file from S3`;
      return `On the ${isMaster ? "master" : "slave"} instance (${instance.id}), bootstrap action ${i + 1} returned a non-zero return code`;
    }
    return undefined;
  };

  return {
    async provide(cluster, lost) {
      // Without bootstrap actions nothing is ever run on the others.
      const needed = cluster.bootstrapActions.length > 0 ? cluster.instances : [masterOf(cluster)];
      open.set(cluster.id, { instances: [], lost });
      for (const one of needed) await openOne(cluster, one);
      become(cluster, "BOOTSTRAPPING");
    },

    async bootstrap(cluster, signal) {
      // On all of them at once; where one fails, the others need not go on.
      const failed = new AbortController();
      let wrong: string | undefined;
      const each = async (instance: Instance) => {
        const end = AbortSignal.any([signal, failed.signal]);
        const found = await bootstrapOne(cluster, instance, end);
        wrong ??= found;
        if (found) failed.abort();
      };
      await Promise.all((open.get(cluster.id)?.instances ?? []).map(each));
      if (wrong === undefined) become(cluster, "RUNNING");
      return wrong;
    },

    async add(cluster, one, signal) {
      if (cluster.bootstrapActions.length === 0) return undefined;
      const instance = await openOne(cluster, one);
      one.state = "BOOTSTRAPPING";
      return bootstrapOne(cluster, instance, signal);
    },

    async remove(cluster, one) {
      const instance = open.get(cluster.id)?.instances.find(({ id }) => id === one.ec2Id);
      if (instance) await close(cluster, instance);
    },

    retag: async () => {},

    async run(cluster, step, signal) {
      const { ec2Id } = masterOf(cluster);
      const master = open.get(cluster.id)?.instances.find(({ id }) => id === ec2Id);
      if (!master) throw new Error("there is no instance");
      const under = `steps/${step.id}`;
      const folder = logsOf(master, under);
      const controller = openController(join(folder, "controller"));
      const instead = otherSpark(cluster);
      if (instead) controller.note(instead);
      const { command, env, cwd } = stepProgram(step.id, step.jar);
      const shipLogs = async () => {
        await shipAll(cluster, folder, under);
        await shipContainers(cluster, master);
      };
      // Each time the whole file again: the object is replaced by a longer one.
      let shipped = Promise.resolve();
      const ship = () => {
        shipped = shipped.then(shipLogs).catch(() => {});
      };
      const timer = setInterval(ship, SHIP_MS / (options.speed ?? 1));
      const began = controller.began(step.jar.Jar, command, `/mnt/var/log/hadoop/${under}`);
      const { code } = await master
        .run(command, {
          stdout: join(folder, "stdout"),
          stderr: join(folder, "stderr"),
          env,
          cwd,
          signal,
        })
        .finally(() => clearInterval(timer));
      controller.ended(began, code);
      await shipped;
      await shipLogs();
      await shipEventLogs(cluster, master);
      return code === 0 ? undefined : failureOf(cluster, step, folder);
    },

    async release(cluster) {
      for (const instance of [...(open.get(cluster.id)?.instances ?? [])])
        await close(cluster, instance);
      open.delete(cluster.id);
      // A cluster's HDFS goes with it, as on EMR.
      rmSync(join(folderOf(cluster), "hdfs"), { recursive: true, force: true });
      become(cluster, "TERMINATED");
    },
  };

  /** What drivers in cluster mode have printed, under the names that YARN gives their folders. */
  async function shipContainers(cluster: Cluster, { folder }: Instance): Promise<void> {
    const root = join(folder, "root");
    const shipper = shipperOf(cluster);
    for (const name of filesInside(root, CONTAINERS)) {
      const below = relative(CONTAINERS, name);
      const copy = join(folder, "logs", "containers", below);
      const text = readInside(root, name);
      if (existsSync(copy) && statSync(copy).size === text.length) continue;
      mkdirSync(dirname(copy), { recursive: true });
      writeFileSync(copy, text);
      await shipper.ship(`containers/${below}`, copy);
    }
  }

  /** What a History Server reads: each once, when its application has ended. */
  async function shipEventLogs(cluster: Cluster, { folder }: Instance): Promise<void> {
    const root = join(folder, "root");
    const had = cluster.eventLogs ?? [];
    for (const path of filesInside(root, EVENTS)) {
      const name = relative(EVENTS, path);
      if (!/^\w[\w.-]*$/.test(name) || name.endsWith(".inprogress") || had.includes(name)) continue;
      const copy = join(folder, "logs", "events", name);
      mkdirSync(dirname(copy), { recursive: true });
      writeFileSync(copy, readInside(root, path));
      await shipperOf(cluster).shipPlain(`sparklogs/${name}`, copy);
      had.push(name);
    }
    cluster.eventLogs = had;
  }

  /** API reference of FailureDetails: what can be said of the cause, and the log in which it stands. */
  function failureOf(cluster: Cluster, step: Step, folder: string): Step["failure"] {
    const stderr = join(folder, "stderr");
    const lines = tailOf(stderr).trim().split("\n");
    const cause = lines.findLast((line) => /(^|[\s.])\w*(Error|Exception)\b/.test(line));
    const LogFile = shipperOf(cluster).uri(`steps/${step.id}/stderr`);
    return {
      Reason: "Unknown Error.",
      ...(cause ? { Message: cause.slice(0, 1000) } : {}),
      ...(LogFile ? { LogFile } : {}),
    };
  }
}
