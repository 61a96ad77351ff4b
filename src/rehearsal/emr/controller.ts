import { appendFileSync } from "node:fs";

/** What the controller of a step writes down, as it does on EMR in public traces: what was run, when, how it ended. */
export function openController(file: string, now: () => number = Date.now) {
  const say = (text: string) =>
    appendFileSync(file, `${new Date(now()).toISOString()} INFO ${text}\n`);
  return {
    note: say,
    began(jar: string, command: readonly string[], folder: string) {
      say(`Ensure step 1 jar file ${jar}`);
      say("StepRunner: Created Runner for step 1");
      say(`startExec '${command.join(" ")}'`);
      say(`redirectOutput to ${folder}/stdout`);
      say(`redirectError to ${folder}/stderr`);
      say("Synchronously wait child process to complete");
      return now();
    },
    ended(began: number, code: number) {
      const seconds = Math.round((now() - began) / 1000);
      say(`waitProcessCompleted ended with exit code ${code}`);
      say(`total process run time: ${seconds} seconds`);
      say(
        code === 0
          ? `Step succeeded with exitCode 0 and took ${seconds} seconds`
          : `Step failed with exitCode ${code} and took ${seconds} seconds`,
      );
    },
  };
}
