/** A step's program as RunJobFlow and AddJobFlowSteps take it (EMR API Reference, HadoopJarStepConfig). */
export interface HadoopJarStep {
  Jar: string;
  MainClass?: string;
  Args?: string[];
  Properties?: { Key?: string; Value?: string }[];
}

/** What the primary runs for it. */
export interface StepProgram {
  command: string[];
  env: Record<string, string>;
  /** As the instance sees it; made when it is not there. */
  cwd: string;
}

/**
 * EMR hands every step to `hadoop jar`; some jars stand for programs of the machine (EMR Release Guide,
 * "Run commands and scripts on an Amazon EMR cluster"). The program's exit code decides about the step.
 */
export function stepProgram(id: string, step: HadoopJarStep): StepProgram {
  const { Jar: jar, MainClass: main, Args: args = [], Properties: properties = [] } = step;
  const options = properties.map(({ Key = "", Value = "" }) => `-D${Key}=${Value}`);
  return {
    command: commandOf(jar, [...(main ? [main] : []), ...args], args),
    env: options.length > 0 ? { HADOOP_CLIENT_OPTS: options.join(" ") } : {},
    cwd: `/mnt/var/lib/hadoop/steps/${id}`,
  };
}

function commandOf(jar: string, withMain: string[], args: string[]): string[] {
  const name = jar.slice(jar.lastIndexOf("/") + 1);
  // In a bucket of AWS's own, one a region, which no rehearsal has; and by its bare name, where it is on every primary.
  const ofEmr = /^s3[an]?:\/\/(?:[a-z0-9-]+\.)?elasticmapreduce\/libs\//.test(jar) || jar === name;
  if (name === "command-runner.jar" && (jar === name || jar.startsWith("/"))) {
    // EMR's leaves out words that are empty (Yelp/mrjob#2082); emr-cli counts on it.
    return ["command-runner", ...args.filter((word) => word !== "")];
  }
  if (name === "script-runner.jar" && (ofEmr || jar.startsWith("/"))) {
    return ["script-runner", ...args];
  }
  if (/^(?:emr-s3distcp-[\d.]+|s3-dist-cp)\.jar$/.test(name) && !jar.includes("://")) {
    return ["s3-dist-cp", ...args];
  }
  return ["run-jar", jar, ...withMain];
}
