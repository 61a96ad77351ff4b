import { run } from "../../src/index.ts";

/** Runs a job in a process of its own, so that a test can kill it: run-job.ts FOLDER JOB TARGET. */
const [, , cwd = "", job = "", on = ""] = process.argv;
const handle = await run({ job, cwd, on });
process.on("SIGINT", () => handle.cancel());
process.on("SIGTERM", () => handle.cancel("SIGTERM"));
for await (const event of handle.events) {
  if (event.code === "step.output") process.stdout.write(event.text);
}
process.exitCode = (await handle.outcome).exitCode;
