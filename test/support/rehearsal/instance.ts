import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Limits } from "../../../src/rehearsal/instances/bubblewrap.ts";
import { instances } from "../../../src/rehearsal/instances/open.ts";
import type { Instance, InstanceWish, RunHow } from "../../../src/rehearsal/instances.ts";
import { systemEffects } from "../../../src/spark/install/effects.ts";

export interface Ran {
  code: number;
  out: string;
  err: string;
}

export interface Shell extends Instance {
  /** What a line of bash prints and how it ends. */
  sh(line: string, how?: Partial<RunHow>): Promise<Ran>;
}

let count = 0;

/** An instance below this folder, of a cluster that all of the folder's share. */
export async function openShell(
  folder: string,
  wish: Partial<InstanceWish> = {},
  limits: Partial<Limits> = {},
  effects = systemEffects,
): Promise<Shell> {
  const id = `i-${++count}`;
  const instance = await instances(() => {}, limits, effects).open({
    clusterId: "j-TEST",
    id,
    role: "MASTER",
    folder: join(folder, id),
    hostname: `ip-10-0-0-${count}.ec2.internal`,
    hdfs: join(folder, "hdfs"),
    aws: {},
    ...wish,
  });
  let runs = 0;
  return {
    ...instance,
    async sh(line, how = {}) {
      const to = join(instance.folder, "steps", String(++runs));
      const files = { stdout: join(to, "stdout"), stderr: join(to, "stderr") };
      const { code } = await instance.run(["bash", "-c", line], { ...files, ...how });
      const [out = "", err = ""] = [files.stdout, files.stderr].map((file) =>
        readFileSync(file, "utf8"),
      );
      return { code, out, err };
    },
  };
}
