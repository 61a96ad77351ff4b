import { MayflyError } from "../../base/errors.ts";
import { systemEffects } from "../../spark/install/effects.ts";
import { onPath } from "../../spark/install/python.ts";
import { HADOOP_USER, inRoot } from "./inside/files.ts";
import { mounts } from "./inside/mounts.ts";
import { IN } from "./inside/places.ts";
import type { Software } from "./software.ts";

export interface Limits {
  /** Threads count as processes do; a JVM has a hundred. */
  processes: number;
  /** What it may write, in one file and in all. */
  bytes: number;
  memory: number;
}

export interface Walls {
  root: string;
  hdfs: string;
  hostname: string;
  software: Software;
  limits: Limits;
  /** Set where root runs Mayfly: whom the programs of the instance run as. */
  uid: number | undefined;
}

/** Bubblewrap, where it is and may do its work; what is in the way otherwise. */
export async function findBubblewrap({ env, exec } = systemEffects): Promise<string> {
  const bwrap = onPath("bwrap", env);
  if (!bwrap) throw noWalls('there is no "bwrap" on the PATH', INSTALL);
  const tried = await exec(bwrap, "--unshare-pid --ro-bind / / --proc /proc true".split(" "), {
    env,
  });
  if (tried.code === 0) return bwrap;
  throw noWalls(
    `"${bwrap}" may not make namespaces: ${tried.stderr.trim()}`,
    "allow them (sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0; in a container: more privileges)",
  );
}

const INSTALL =
  "install it: apt-get install bubblewrap, dnf install bubblewrap, or pacman -S bubblewrap";

function noWalls(what: string, remedy: string): MayflyError {
  return new MayflyError(
    "missing",
    `cannot open an instance, whose scripts must not reach this machine: ${what}`,
    `${remedy}; or run them as what they are, with all that you may do: --unsafe`,
  );
}

/** The line that puts `init.py` into the root: everything else is not there for it, or
 * read-only. It finds the folder for outputs as file 3; a filter of calls is read from 4. */
export function wallArguments(walls: Walls, filtered: boolean): string[] {
  const { root, software, uid, hostname, limits } = walls;
  const { python } = software;
  const who =
    uid === undefined
      ? ["--unshare-user", "--disable-userns", "--uid", `${HADOOP_USER}`, "--gid", `${HADOOP_USER}`]
      : // Three of root's powers, until it has become nobody in particular.
        ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"].flatMap((name) => ["--cap-add", name]);
  return [
    ...["--bind", root, "/"],
    ...mounts(software).flatMap(([from, to]) => ["--ro-bind", from, to]),
    ...["--bind", walls.hdfs, IN.hdfs],
    ...["--proc", "/proc", "--dev", "/dev"],
    ...["--perms", "1777", "--size", `${SHARED_MEMORY}`, "--tmpfs", "/dev/shm"],
    ...["--remount-ro", "/dev"],
    ...["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"],
    ...["--hostname", hostname],
    ...["--die-with-parent", "--new-session", "--as-pid-1", "--chdir", "/"],
    ...["--cap-drop", "ALL", ...who],
    ...(filtered ? ["--seccomp", "4"] : []),
    ...["--", inRoot(python.path), "-I", "-S", `${IN.standins}/init.py`],
    JSON.stringify({ uid: uid ?? null, ...limits }),
  ];
}

const SHARED_MEMORY = 256 * 1024 * 1024;
