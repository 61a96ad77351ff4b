import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { sparkOfRelease } from "../../spark/releases.ts";
import type { Faults } from "../faults/faults.ts";
import { filesInside, readInside } from "../instances/read.ts";
import { removeRoot } from "../instances/remove.ts";
import type { Instance, Instances } from "../instances.ts";
import { asFolder, logShipper, type Put } from "../logs.ts";
import { stepProgram } from "../steps/command.ts";
import type { Cluster, ClusterInstance, Step } from "./cluster.ts";
import { openController } from "./controller.ts";
import type { Nodes } from "./life.ts";
import { masterOf, nameOf } from "./view.ts";

const CONTAINERS = "var/log/hadoop-yarn/containers";

export interface NodesOptions {
  /** A folder for each cluster is made in it. */
  folder: string;
  instances: Instances;
  /** What a client in an instance needs to reach the rehearsal. */
  aws: Record<string, string>;
  put: Put;
  faults?: Faults;
  /** Without walls where this machine has none. */
  unsafe?: boolean;
}

/** Machines that are roots of this one: bootstrap actions and steps really run, and what they print goes where EMR puts it. */
export function realNodes(options: NodesOptions): Nodes {
  const open = new Map<string, Instance[]>();
  const folderOf = ({ id }: Cluster) => join(options.folder, id);
  // EMR's guide, "View log files archived to Amazon S3": <cluster>/steps/<step>/stderr.gz, <cluster>/node/<instance>/…
  const shipperOf = ({ request: { LogUri }, id, name }: Cluster) =>
    logShipper(
      LogUri && `${asFolder(LogUri)}${id}/`,
      options.put,
      (key) => options.faults?.next("late-logs", { cluster: name, key })?.ms ?? 0,
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

  return {
    async provide(cluster, lost) {
      // Without bootstrap actions nothing is ever run on the others.
      const needed = cluster.bootstrapActions.length > 0 ? cluster.instances : [masterOf(cluster)];
      const opened: Instance[] = [];
      open.set(cluster.id, opened);
      const spark = sparkOfRelease(cluster.request.ReleaseLabel ?? "");
      for (const one of needed)
        opened.push(
          await options.instances.open({
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
          }),
        );
      const master = opened[needed.indexOf(masterOf(cluster))];
      void master?.ended.then((why) => {
        if (open.has(cluster.id)) lost(why);
      });
      become(cluster, "BOOTSTRAPPING");
    },

    async bootstrap(cluster, signal) {
      for (const instance of open.get(cluster.id) ?? []) {
        for (const [i, { ScriptPath, Args }] of cluster.bootstrapActions.entries()) {
          const under = `node/${instance.id}/bootstrap-actions/${i + 1}`;
          const folder = logsOf(instance, under);
          const { code } = await instance.run(["script-runner", ScriptPath, ...Args], {
            stdout: join(folder, "stdout"),
            stderr: join(folder, "stderr"),
            signal,
          });
          await shipAll(cluster, folder, under);
          if (code === 0) continue;
          const master = masterOf(cluster).ec2Id === instance.id ? "master" : "slave";
          return `On the ${master} instance (${instance.id}), bootstrap action ${i + 1} returned a non-zero return code`;
        }
      }
      become(cluster, "RUNNING");
      return undefined;
    },

    async run(cluster, step, signal) {
      const [master] = open.get(cluster.id) ?? [];
      if (!master) throw new Error("there is no instance");
      const under = `steps/${step.id}`;
      const folder = logsOf(master, under);
      const controller = openController(join(folder, "controller"));
      const { command, env, cwd } = stepProgram(step.id, step.jar);
      const began = controller.began(step.jar.Jar, command, `/mnt/var/log/hadoop/${under}`);
      const { code } = await master.run(command, {
        stdout: join(folder, "stdout"),
        stderr: join(folder, "stderr"),
        env,
        cwd,
        signal,
      });
      controller.ended(began, code);
      await shipAll(cluster, folder, under);
      await shipContainers(cluster, master);
      return code === 0 ? undefined : failureOf(cluster, step, folder);
    },

    async lose(cluster, { ec2Id }) {
      await open
        .get(cluster.id)
        ?.find(({ id }) => id === ec2Id)
        ?.terminate();
    },

    async release(cluster) {
      const opened = open.get(cluster.id) ?? [];
      open.delete(cluster.id);
      for (const instance of opened) {
        await instance.terminate();
        await removeRoot(instance.folder);
      }
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
      if (existsSync(copy)) continue;
      mkdirSync(dirname(copy), { recursive: true });
      writeFileSync(copy, readInside(root, name));
      await shipper.ship(`containers/${below}`, copy);
    }
  }

  /** API reference of FailureDetails: what can be said of the cause, and the log in which it stands. */
  function failureOf(cluster: Cluster, step: Step, folder: string): Step["failure"] {
    const stderr = join(folder, "stderr");
    const lines = readFileSync(stderr, "utf8").trim().split("\n");
    const cause = lines.findLast((line) => /(^|[\s.])\w*(Error|Exception)\b/.test(line));
    const LogFile = shipperOf(cluster).uri(`steps/${step.id}/stderr`);
    return {
      Reason: "Unknown Error.",
      ...(cause ? { Message: cause.slice(0, 1000) } : {}),
      ...(LogFile ? { LogFile } : {}),
    };
  }
}
