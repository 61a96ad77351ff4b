import { rmSync } from "node:fs";
import { join } from "node:path";
import { toMayflyError } from "../../base/errors.ts";
import { readRunning, writeRunning } from "../control/records.ts";
import { serve } from "./serve.ts";

// main.js FOLDER PYTHON: a rehearsal's process. Whoever started it hears once how that went.
const [folder = "", python = ""] = process.argv.slice(2);

function tell(message: object): void {
  if (process.connected) process.send?.(message, () => process.disconnect());
}

try {
  const served = await serve(folder, python);
  let ending = false;
  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    // Whoever starts it now waits for us instead of taking us for the one that serves.
    const running = readRunning(folder);
    if (running) writeRunning(folder, { ...running, ending });
    await served.stop();
    rmSync(join(folder, "running.json"), { force: true });
    process.exit(code);
  };
  process.on("SIGTERM", () => void end(0));
  process.on("SIGINT", () => void end(0));
  void served.broken.then((why) => {
    if (!ending) process.stderr.write(`ministack ended: ${why}\n`);
    return end(1);
  });
  tell({ ready: true });
} catch (error) {
  const { code, message, remedy } = toMayflyError(error, "start the rehearsal");
  process.stderr.write(`${message}\n`);
  tell({ error: { code, message, remedy } });
  process.exitCode = 5;
}
