import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { endMarked, MARKER } from "../../base/processes.ts";
import type { Effects } from "../../spark/install/effects.ts";
import type { Exit, Instance, InstanceWish } from "../instances.ts";
import { configurationFiles } from "./inside/configuration.ts";
import { instanceEnvironment } from "./inside/environment.ts";
import { IN } from "./inside/places.ts";
import { plainPrograms } from "./plain-programs.ts";
import { OWN_JAR, type Software } from "./software.ts";

/**
 * An instance without walls, for a machine that has none: its programs are processes of the person's, with
 * all that he may do. There are no stand-ins but for what runs steps: `sudo` is this machine's own.
 */
export function openPlain(wish: InstanceWish, software: Software, { env }: Effects): Instance {
  const folder = resolve(wish.folder);
  const root = join(folder, "root");
  const mark = `${wish.clusterId}-${wish.id}-${process.pid}`;
  const known = new Map([
    [IN.hdfs as string, resolve(wish.hdfs)],
    [IN.jar, OWN_JAR],
    [IN.jars, software.spark?.jars ?? ""],
  ]);
  const place = (path: string) => known.get(path) ?? join(root, path);
  for (const name of ["home/hadoop", "tmp", "mnt/tmp", "mnt/s3", "var/log/spark/apps"]) {
    mkdirSync(join(root, name), { recursive: true });
  }
  mkdirSync(join(wish.hdfs, "user/hadoop"), { recursive: true });
  for (const [name, text] of Object.entries(configurationFiles(wish, software, place))) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const programs = plainPrograms(join(root, "bin"), software);
  const { runtime } = software.spark ?? {};
  const own = runtime && [join(runtime.sparkHome, "bin"), join(runtime.javaHome, "bin")];
  const environment = {
    ...instanceEnvironment(wish, env),
    HOME: join(root, "home/hadoop"),
    TMPDIR: join(root, "tmp"),
    PATH: [programs, ...(own ?? []), dirname(software.python.path), env.PATH ?? ""].join(":"),
    ...(runtime
      ? {
          JAVA_HOME: runtime.javaHome,
          SPARK_HOME: runtime.sparkHome,
          SPARK_CONF_DIR: place(IN.sparkConf),
          HADOOP_CONF_DIR: place(IN.hadoopConf),
          PYSPARK_PYTHON: runtime.python,
        }
      : {}),
    [MARKER]: mark,
  };
  const ended = Promise.withResolvers<string>();
  return {
    id: wish.id,
    folder,
    ended: ended.promise,
    async terminate() {
      await endMarked(mark);
      ended.resolve("terminated");
    },
    run([program = "", ...args], how) {
      const files = [how.stdout, how.stderr].map((path) => {
        mkdirSync(dirname(path), { recursive: true });
        return openSync(path, "a");
      });
      const cwd = place(how.cwd ?? IN.home);
      mkdirSync(cwd, { recursive: true });
      const child = spawn(program, args, {
        cwd,
        env: { ...environment, ...how.env },
        stdio: ["ignore", ...files],
        detached: true,
        ...(how.signal ? { signal: how.signal } : {}),
      });
      files.forEach(closeSync);
      return new Promise<Exit>((settle) => {
        child.on("error", () => settle({ code: how.signal?.aborted ? 143 : 127 }));
        child.on("exit", (code, signal) =>
          settle(signal ? { code: 128, signal } : { code: code ?? 1 }),
        );
      });
    },
  };
}
