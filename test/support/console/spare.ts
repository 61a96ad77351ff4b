import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MARKER } from "../../../src/base/processes.ts";

/** A warm driver, as far as it is listed and ended: its folder, and a process with its mark. */
export function makeSpare(state: string, cwd: string): { id: string; end(): void } {
  const id = `spare-${(Date.now() - 75_000).toString(36)}0a0b0c`;
  const folder = join(state, "mayfly/warm", id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "spare.json"), JSON.stringify({ key: "k", spark: "3.5.6", cwd }));
  writeFileSync(join(folder, "ready"), "");
  const child = spawn("sleep", ["600"], { env: { ...process.env, [MARKER]: id }, stdio: "ignore" });
  return {
    id,
    end() {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
