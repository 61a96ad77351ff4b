import { MayflyError } from "../base/errors.ts";
import type { SparkOptions } from "../model/job.ts";

export interface Machine {
  cores: number;
  memoryMb: number;
}

export interface Mapped {
  conf: Record<string, string>;
  notes: string[];
}

/**
 * Options made for a cluster, on one machine: driver and executors are one process here. The larger
 * of the two memories is taken, as far as the machine goes.
 */
export function mapForOneMachine(options: SparkOptions, machine: Machine): Mapped {
  const notes: string[] = [];
  const conf = { ...options.conf };
  const cluster = { ...options.cluster };
  const take = (option: string, key: string) => {
    const value = cluster[option] ?? conf[key];
    delete conf[key];
    return value;
  };

  const master = take("--master", "spark.master");
  if (master !== undefined) {
    if (/^local(\[|-cluster|$)/.test(master)) conf["spark.master"] = master;
    else notes.push(`--master ${master}: runs on this machine with ${machine.cores} cores instead`);
  }
  const mode = take("--deploy-mode", "spark.submit.deployMode");
  if (mode === "cluster")
    notes.push("--deploy-mode cluster: the driver runs here, its output is shown");

  const many = take("--num-executors", "spark.executor.instances");
  const cores = take("--executor-cores", "spark.executor.cores");
  const total = take("--total-executor-cores", "spark.cores.max");
  if (many !== undefined || cores !== undefined || total !== undefined) {
    const asked = [
      many !== undefined ? `--num-executors ${many}` : "",
      cores !== undefined ? `--executor-cores ${cores}` : "",
      total !== undefined ? `--total-executor-cores ${total}` : "",
    ].filter((part) => part !== "");
    notes.push(
      `${asked.join(" ")}: one process with ${conf["spark.master"] ?? `${machine.cores} cores`}`,
    );
  }

  const executor = take("--executor-memory", "spark.executor.memory");
  const driver = options.driverMemory ?? conf["spark.driver.memory"];
  const wanted = Math.max(megabytes(executor, "executor"), megabytes(driver, "driver"));
  const most = Math.max(1024, Math.floor(machine.memoryMb * 0.7));
  const given = wanted > 0 ? Math.min(wanted, most) : defaultMemory(machine);
  conf["spark.driver.memory"] = `${given}m`;
  if (executor !== undefined) {
    notes.push(`--executor-memory ${executor}: the one process gets ${given} MB`);
  } else if (wanted > most) {
    notes.push(
      `--driver-memory ${driver}: this machine has ${machine.memoryMb} MB, so it gets ${given} MB`,
    );
  }
  for (const option of ["--driver-cores", "--queue", "--principal", "--keytab", "--proxy-user"]) {
    if (cluster[option] !== undefined) {
      notes.push(`${option} ${cluster[option]}: has no meaning on one machine, left out`);
    }
  }
  return { conf, notes };
}

/** A quarter of the machine, between Spark's own 1 GB and 4 GB. */
function defaultMemory(machine: Machine): number {
  return Math.max(1024, Math.min(4096, Math.floor(machine.memoryMb / 4)));
}

/** Spark's size words: a plain number is megabytes here, as it is for `--executor-memory`. */
function megabytes(text: string | undefined, whose: string): number {
  if (text === undefined) return 0;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*$/i.exec(text);
  if (!match || Number(match[1]) === 0) {
    throw new MayflyError(
      "usage",
      `cannot use "${text}" as the ${whose}'s memory: it is not a size`,
      "write 512m or 4g",
    );
  }
  const unit =
    { k: 1 / 1024, m: 1, g: 1024, t: 1024 * 1024, "": 1 }[(match[2] ?? "").toLowerCase()] ?? 1;
  return Math.ceil(Number(match[1]) * unit);
}
