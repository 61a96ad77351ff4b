import type { Flow, FlowStep } from "../plan/flow.ts";
import type { Tell, Words } from "./words.ts";

/** The steps of a job of mayfly.yaml from those that a cluster was asked for with. */
export function stepEntries({ Steps = [] }: Flow, tell: Tell): Words[] {
  return Steps.flatMap((step) => {
    const { Name, ActionOnFailure } = step;
    const words = stepWords(step, tell);
    if (!words) return [];
    return [
      {
        ...words,
        name: Name,
        ...(ActionOnFailure === "CONTINUE" ? { on_failure: "continue" } : {}),
      },
    ];
  });
}

const RUNNER = /^(?:command-runner\.jar|.*\/command-runner\.jar)$/;
const SCRIPT_RUNNER = /\/script-runner\/script-runner\.jar$/;

function stepWords({ Name, HadoopJarStep }: FlowStep, tell: Tell): Words | undefined {
  const { Jar, Args = [], MainClass, Properties } = HadoopJarStep;
  const [first = "", ...args] = Args;
  if (SCRIPT_RUNNER.test(Jar)) {
    tell(
      `step "${Name}": script-runner.jar is a line of bash now, which fetches the script and runs it`,
    );
    return { command: ["bash", "-c", 'aws s3 cp "$0" - | bash -s -- "$@"', first, ...args] };
  }
  if (RUNNER.test(Jar))
    return first === "spark-submit" ? submitWords(args) : { command: [...Args] };
  const more = [MainClass, Properties?.map(({ Key, Value }) => `${Key}=${Value}`).join(",")];
  tell(
    `step "${Name}": the program ${[Jar, ...more, ...Args].filter(Boolean).join(" ")} is no Spark program`,
  );
  return undefined;
}

/** Options of spark-submit that have no value. */
const FLAGS = new Set(["--verbose", "-v", "--supervise", "--usage-error", "--version", "--help"]);

function submitWords(words: readonly string[]): Words {
  let at = 0;
  while (words[at]?.startsWith("-"))
    at += FLAGS.has(words[at] ?? "") || words[at]?.includes("=") ? 1 : 2;
  const [main = "", ...args] = words.slice(at);
  const submit = words.slice(0, at);
  // A name that does not say what the program is: EMR is given the same words again.
  if (!/\.(?:py|jar)$/.test(main)) return { command: ["spark-submit", ...words] };
  return {
    [main.endsWith(".jar") ? "jar" : "script"]: main,
    ...(submit.length > 0 ? { submit } : {}),
    ...(args.length > 0 ? { args } : {}),
  };
}
