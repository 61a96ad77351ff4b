import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface Stage {
  id: number;
  name: string;
  tasks: number;
  submitted: number;
  completed: number;
  /** Why it failed. */
  failure?: string;
}

interface StageCompleted {
  "Stage Info": {
    "Stage ID": number;
    "Stage Name": string;
    "Number of Tasks": number;
    "Submission Time"?: number;
    "Completion Time"?: number;
    "Failure Reason"?: string;
  };
}

/** The stages that an event log says have ended; a log that is still written ends in half a line. */
export async function readStages(events: Readable): Promise<Stage[]> {
  const stages: Stage[] = [];
  for await (const line of createInterface({ input: events })) {
    if (!line.startsWith('{"Event":"SparkListenerStageCompleted"')) continue;
    const info = parse(line);
    if (!info) continue;
    const failure = info["Failure Reason"];
    stages.push({
      id: info["Stage ID"],
      name: info["Stage Name"],
      tasks: info["Number of Tasks"],
      submitted: info["Submission Time"] ?? 0,
      completed: info["Completion Time"] ?? 0,
      ...(failure === undefined ? {} : { failure }),
    });
  }
  return stages;
}

function parse(line: string): StageCompleted["Stage Info"] | undefined {
  try {
    return (JSON.parse(line) as StageCompleted)["Stage Info"];
  } catch {
    return undefined;
  }
}
