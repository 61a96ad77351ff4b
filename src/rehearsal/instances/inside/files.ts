import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { InstanceWish } from "../../instances.ts";
import { type Software, STANDINS } from "../software.ts";
import { IN } from "./places.ts";

export const HADOOP_USER = 996;

/** The files of an instance that are not this machine's, by their name in its root. */
export function instanceFiles(
  wish: InstanceWish,
  software: Software,
  uid: number,
): Record<string, string> {
  const { python } = software;
  const bin = python.path.slice(0, python.path.lastIndexOf("/"));
  return {
    "etc/passwd": `root:x:0:0:root:/root:/bin/bash\nhadoop:x:${uid}:${uid}:hadoop:${IN.home}:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n`,
    "etc/group": `root:x:0:\nhadoop:x:${uid}:\nnobody:x:65534:\n`,
    "etc/hosts": `127.0.0.1 localhost ${wish.hostname} ${wish.hostname.split(".")[0]}\n`,
    "etc/hostname": `${wish.hostname}\n`,
    "home/hadoop/.bashrc": "",
    // What EMR keeps there, and what scripts ask for: isMaster above all
    // (EMR Management Guide, "Run custom bootstrap actions": run.if).
    "mnt/var/lib/info/instance.json": json({
      isMaster: wish.role === "MASTER",
      instanceGroupId: wish.group ?? "",
      isRunningNameNode: wish.role === "MASTER",
      isRunningDataNode: wish.role === "CORE",
      isRunningJobTracker: wish.role === "MASTER",
      isRunningTaskTracker: wish.role !== "MASTER",
      instanceRole: wish.role.toLowerCase(),
    }),
    "mnt/var/lib/info/job-flow.json": json({
      jobFlowId: wish.clusterId,
      instanceId: wish.id,
      jobFlowCreationInstant: Date.now(),
    }),
    // An environment of its own over the interpreter that all share, laid where a machine's own
    // additions are: what pip installs is in /usr/local, as on EMR, and seen by this instance alone.
    "usr/local/pyvenv.cfg": `home = ${inRoot(bin)}\ninclude-system-site-packages = false\n`,
    [`usr/local/lib/${python.name}/site-packages/cluster.pth`]: `${IN.site}\nimport yarn_master\n`,
    [`usr/local/lib/${python.name}/site-packages/yarn_master.py`]: readFileSync(
      join(STANDINS, "yarn_master.py"),
      "utf8",
    ),
    [`usr/local/lib/${python.name}/site-packages/pip/__init__.py`]: "",
    [`usr/local/lib/${python.name}/site-packages/pip/__main__.py`]: PIP,
  };
}

/** `python3 -m pip`, as the command pip. */
const PIP = `import os, sys
os.execv("/usr/bin/pip", ["pip", *sys.argv[1:]])
`;

/** A path of this machine as the instance sees it. */
export function inRoot(path: string): string {
  return path.startsWith("/usr/") ? `/system${path}` : path;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
