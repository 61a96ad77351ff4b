import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../src/base/port.ts";
import { pythonTools } from "../python-tools.ts";
import type { S3Server } from "./rclone.ts";
import { untilReady } from "./ready.ts";

/** ministack on the loopback: its S3 takes keys that no folder could hold. */
export async function startMinistack(folder: string, more = {}): Promise<S3Server> {
  const { python, env } = await pythonTools("ministack==1.5.33");
  const port = await freePort();
  const key = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  mkdirSync(folder, { recursive: true });
  const code = "import sys; from ministack.app import main; sys.exit(main())";
  const child = spawn(python, ["-c", code], {
    cwd: folder,
    stdio: "ignore",
    env: {
      ...env,
      GATEWAY_PORT: String(port),
      BIND_HOST: "127.0.0.1",
      HOME: folder,
      STATE_DIR: join(folder, "state"),
      TMPDIR: folder,
      ...more,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const ended = new Promise<void>((done) => child.on("close", () => done()));
  await untilReady("ministack", child, async () => (await fetch(`${url}/_ministack/health`)).ok);
  return {
    url,
    env: { ...key, AWS_ENDPOINT_URL: url, AWS_REGION: "us-east-1", AWS_SESSION_TOKEN: "" },
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
