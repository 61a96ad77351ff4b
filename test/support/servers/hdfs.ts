import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { exec } from "../../../src/base/exec.ts";
import { listIfThere } from "../../../src/base/files.ts";
import { withLock } from "../../../src/base/locks.ts";
import { cacheFolder } from "../../../src/base/places.ts";
import { systemEffects } from "../../../src/spark/install/effects.ts";
import { fetchPackage } from "../../../src/spark/install/fetch.ts";
import { ensureJava } from "../../../src/spark/install/java.ts";
import { sparkPackage } from "../../../src/spark/install/packages.ts";
import { findPip, findPython } from "../../../src/spark/install/python.ts";
import { DEFAULT_SPARK } from "../../../src/spark/versions.ts";

export interface HdfsServer {
  /** Where the NameNode answers over WebHDFS. */
  url: string;
  /** Who started it, and may do everything there. */
  user: string;
  /** A command of Hadoop's own: `fs` is `hdfs dfs`, `admin` is `hdfs dfsadmin`. */
  hadoop(tool: "fs" | "admin", args: string[], as?: string): Promise<{ code: number; out: string }>;
  /** Ends it as a crash would. */
  stop(): Promise<void>;
}

/** Of the Hadoop in Spark's own jars; the daemons are what these lack. */
const HADOOP = "3.3.4";

/** A real HDFS of one DataNode on the loopback, with permissions and a trash; it ends with this process. */
export async function startHdfs(folder: string): Promise<HdfsServer> {
  const { java, jars } = await findHadoop();
  const { HADOOP_USER_NAME: _, ...own } = process.env;
  // Java names files by the locale, and knows no é without one.
  const env = { ...own, LC_ALL: "C.UTF-8" };
  mkdirSync(folder, { recursive: true });
  const child = spawn(
    java,
    [
      "-Xmx512m",
      "-XX:TieredStopAtLevel=1",
      "-XX:+UseSerialGC",
      "--add-opens=java.base/java.lang=ALL-UNNAMED",
      // Two a core otherwise, and a DataNode sleeps in them.
      "-Dorg.apache.hadoop.shaded.io.netty.eventLoopThreads=32",
      // Jetty unpacks its pages there.
      `-Djava.io.tmpdir=${folder}`,
      "-cp",
      jars,
      join(import.meta.dirname, "HdfsServer.java"),
      join(folder, "hdfs"),
    ],
    { stdio: ["pipe", "pipe", "pipe"], env },
  );
  const log = join(folder, "hdfs.log");
  child.stderr.pipe(createWriteStream(log));
  const ended = new Promise<void>((done) => child.on("close", () => done()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`HDFS has ended: ${log}`);
    return value as string;
  };
  const url = await nextLine();
  let before: Promise<unknown> = Promise.resolve();
  return {
    url,
    user: userInfo().username,
    hadoop(tool, args, as = userInfo().username) {
      const answer = before.then(async () => {
        child.stdin.write(`${[as, tool, ...args].map(encodeURIComponent).join(" ")}\n`);
        const [code = "", text = ""] = (await nextLine()).split(" ");
        return { code: Number(code), out: decodeURIComponent(text.replaceAll("+", " ")) };
      });
      before = answer.catch(() => {});
      return answer;
    },
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Spark brings Hadoop's clients and Ivy, with which it fetches jars itself; a JDK compiles the few lines of ours. */
async function findHadoop(): Promise<{ java: string; jars: string }> {
  const tell = () => {};
  const python = () =>
    findPython(DEFAULT_SPARK, tell, systemEffects).then((one) => findPip(one, systemEffects));
  const home = await fetchPackage(sparkPackage(DEFAULT_SPARK), python, tell, systemEffects);
  const java = join(await ensureJava(DEFAULT_SPARK, python, tell, systemEffects), "bin/java");
  const jars = join(home, "jars");
  const ivy = listIfThere(jars).find((name) => /^ivy-[\d.]+\.jar$/.test(name)) ?? "";
  const minicluster = await fetchJar(java, join(jars, ivy));
  return { java, jars: `${minicluster}:${jars}/*` };
}

/** Where Spark's own `--packages` would put it. */
async function fetchJar(java: string, ivy: string): Promise<string> {
  const cache = join(cacheFolder(), "ivy");
  const file = join(cache, `jars/org.apache.hadoop_hadoop-client-minicluster-${HADOOP}.jar`);
  await withLock(`${file}.lock`, async () => {
    if (existsSync(file)) return;
    mkdirSync(dirname(file), { recursive: true });
    const made = mkdtempSync(join(cache, "fetch-"));
    const wanted = ["org.apache.hadoop", "hadoop-client-minicluster", HADOOP];
    const { code, stdout, stderr } = await exec(java, [
      ...["-cp", ivy, "org.apache.ivy.Main", "-cache", join(cache, "cache"), "-notransitive"],
      ...[
        "-confs",
        "master",
        "-dependency",
        ...wanted,
        "-retrieve",
        join(made, "[artifact].[ext]"),
      ],
    ]);
    const fetched = join(made, "hadoop-client-minicluster.jar");
    if (code === 0 && existsSync(fetched)) renameSync(fetched, file);
    rmSync(made, { recursive: true, force: true });
    if (!existsSync(file)) throw new Error(`cannot fetch ${wanted.join(":")}\n${stdout}${stderr}`);
  });
  return file;
}
