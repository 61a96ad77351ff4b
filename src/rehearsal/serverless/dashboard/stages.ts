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

interface StageInfo {
  "Stage ID": number;
  "Stage Name": string;
  "Number of Tasks": number;
  "Submission Time"?: number;
  "Completion Time"?: number;
  "Failure Reason"?: string;
}

/** A program can write what it likes there: no more than this is ever held, or shown. */
const MOST = { lineLength: 4 * 1024 ** 2, stages: 1000, textLength: 1000 };

/** The last stages that an event log says have ended; a log that is still written ends in half a line. */
export async function readStages(events: Readable): Promise<Stage[]> {
  const stages: Stage[] = [];
  for await (const line of linesOf(events)) {
    if (!line.startsWith('{"Event":"SparkListenerStageCompleted"')) continue;
    const stage = parse(line);
    if (stage && stages.push(stage) > MOST.stages) stages.shift();
  }
  return stages;
}

async function* linesOf(events: Readable): AsyncGenerator<string> {
  let line = "";
  let isLong = false;
  for await (const part of events.setEncoding("utf8") as AsyncIterable<string>) {
    for (const [i, piece] of part.split("\n").entries()) {
      if (i > 0) {
        if (!isLong) yield line;
        line = "";
        isLong = false;
      }
      isLong ||= line.length + piece.length > MOST.lineLength;
      line = isLong ? "" : line + piece;
    }
  }
  if (!isLong) yield line;
}

function parse(line: string): Stage | undefined {
  try {
    const info = (JSON.parse(line) as { "Stage Info": StageInfo })["Stage Info"];
    const failure = info["Failure Reason"];
    return {
      id: Number(info["Stage ID"]),
      name: String(info["Stage Name"]).slice(0, MOST.textLength),
      tasks: Number(info["Number of Tasks"]),
      submitted: Number(info["Submission Time"] ?? 0),
      completed: Number(info["Completion Time"] ?? 0),
      ...(failure === undefined ? {} : { failure: String(failure).slice(0, MOST.textLength) }),
    };
  } catch {
    return undefined;
  }
}
