import { spawn } from "node:child_process";
import { freePort } from "../../../src/base/port.ts";
import { pythonTools } from "../python-tools.ts";
import { untilReady } from "./ready.ts";

export const MOTO = ["moto[s3]==5.2.5", "flask==3.1.2", "flask-cors==6.0.1"] as const;

/** moto's S3 on the loopback: a server that neither we nor Spark wrote. */
export async function startMoto(): Promise<{ url: string; stop(): Promise<void> }> {
  const { python, env } = await pythonTools(...MOTO);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const code = "import sys; from moto.server import main; sys.exit(main(sys.argv[1:]))";
  const child = spawn(python, ["-c", code, "-H", "127.0.0.1", "-p", String(port)], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text: Buffer) => {
    said = `${said}${text}`.slice(-4000);
  });
  const ended = new Promise<void>((done) => child.on("close", () => done()));
  const ok = async () => (await fetch(`${url}/moto-api/`)).ok;
  await untilReady("moto", child, ok, () => said);
  return {
    url,
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
