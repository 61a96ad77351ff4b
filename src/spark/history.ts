import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { systemClock } from "../base/clock.ts";
import { MayflyError } from "../base/errors.ts";
import { freePort } from "../base/port.ts";
import { MARKER } from "../base/processes.ts";
import { opensFor } from "./jvm.ts";
import { ensureRuntime } from "./runtime.ts";

export interface History {
  url: string;
  ended: Promise<void>;
  close(): void;
}

/** It answers before it has read the logs; one that it cannot read it never lists. */
const READING_MS = 15_000;

/** Spark's own History Server on loopback over one folder of event logs, of these applications; it ends with us. */
export async function startHistory(
  eventLogs: string,
  run: { id: string; spark?: string },
  apps: string[],
): Promise<History> {
  const runtime = await ensureRuntime(
    { ...(run.spark ? { spark: run.spark } : {}), needs: { java: true } },
    () => {},
  );
  const port = await freePort();
  const tmp = join(eventLogs, "..", `history-${process.pid}`);
  mkdirSync(tmp, { recursive: true });
  const child = spawn(
    join(runtime.javaHome, "bin", "java"),
    [
      "-cp",
      join(runtime.sparkHome, "jars", "*"),
      "-Xmx1g",
      ...opensFor(runtime.javaHome),
      `-Djava.io.tmpdir=${tmp}`,
      `-Dspark.history.fs.logDirectory=${pathToFileURL(eventLogs).href}`,
      `-Dspark.history.ui.port=${port}`,
      "org.apache.spark.deploy.history.HistoryServer",
    ],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...process.env,
        SPARK_LOCAL_IP: "127.0.0.1",
        SPARK_HOME: runtime.sparkHome,
        [MARKER]: `history-${run.id}`,
      },
    },
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  const close = () => void child.kill("SIGTERM");
  process.on("exit", close);
  let over = false;
  const ended = new Promise<void>((resolve) => {
    child.on("close", () => {
      over = true;
      process.off("exit", close);
      rmSync(tmp, { recursive: true, force: true });
      resolve();
    });
  });
  const url = `http://127.0.0.1:${port}`;
  let reading = 0;
  for (let waited = 0; !over && waited < 60_000; waited += 200) {
    const known = await applications(url);
    if (known) reading += 200;
    const read = known && apps.every((app) => known.includes(app));
    if (read || reading > READING_MS) return { url, ended, close };
    await systemClock.sleep(200);
  }
  close();
  throw new MayflyError(
    "bug",
    `cannot start Spark's History Server on port ${port}: ${said.trim().split("\n").at(-1) ?? "it did not answer in a minute"}`,
    `the event logs are plain files in ${eventLogs}`,
  );
}

/** Those that it knows by now; undefined where it does not answer yet. */
async function applications(url: string): Promise<string[] | undefined> {
  const asked = { signal: AbortSignal.timeout(2000) };
  return fetch(`${url}/api/v1/applications`, asked)
    .then(async (answer) => {
      if (!answer.ok) return undefined;
      return ((await answer.json()) as { id: string }[]).map(({ id }) => id);
    })
    .catch(() => undefined);
}
