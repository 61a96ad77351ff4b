import type { Classification } from "./instances/inside/classifications.ts";

/** A machine of a rehearsed cluster: a root of its own, in which everything of the cluster runs. */
export interface Instance {
  /** `i-…` */
  id: string;
  /**
   * Its folder on this machine. Below `root` in it is all that it can write to, as it sees it
   * (`root/var/log/…`): to be read with `openInside`, since links in there may lead anywhere.
   */
  folder: string;
  /** Runs in the root until it ends or `signal` says so; what it prints goes to these files. */
  run(command: string[], how: RunHow): Promise<Exit>;
  /** Ends all that still runs in it. */
  terminate(): Promise<void>;
  /** Settles when it has ended, with the reason: `shutdown` in one of its scripts, `terminated`, a full disk. */
  ended: Promise<string>;
}

export interface RunHow {
  /** On this machine, below the instance's folder and not below its `root`; added to when they are there. */
  stdout: string;
  stderr: string;
  env?: Record<string, string>;
  /** As the instance sees it; its home where nothing else is said. */
  cwd?: string;
  /** Ends the program and all of its session: politely, then not. */
  signal?: AbortSignal;
}

export interface Exit {
  code: number;
  /** The signal that ended it. */
  signal?: string;
}

export interface InstanceWish {
  clusterId: string;
  id: string;
  role: "MASTER" | "CORE" | "TASK";
  /** `ig-…`, which its scripts may ask for. */
  group?: string;
  /** On this machine; made when it is not there. */
  folder: string;
  hostname: string;
  /** Spark's release line, such as `3.5`; undefined where none is to be had. */
  spark?: string;
  /** What `hdfs://` is for the whole cluster: a folder on this machine that all its instances share. */
  hdfs: string;
  /** AWS_ENDPOINT_URL, keys and region of the instance's role. */
  aws: Record<string, string>;
  /** As RunJobFlow has them: spark-defaults, spark-env, core-site and its like are honoured. */
  configurations?: Classification[];
  /** Run as plain processes, with all that the person may do, where this machine has no namespaces. */
  unsafe?: boolean;
}

export interface Instances {
  open(wish: InstanceWish): Promise<Instance>;
}
