import { formatDuration } from "../../../base/format.ts";
import { htmlPage, escapeMarkup as text } from "../../markup.ts";
import type { Attempt, JobRun } from "../job-run.ts";
import type { Stage } from "./stages.ts";

export interface Seen {
  run: JobRun;
  attempt: Attempt;
  stages: Stage[];
  /** The ends of the driver's logs. */
  logs: Record<"stdout" | "stderr", string>;
  now: number;
}

/** What became of an attempt, and of its stages. */
export function dashboardPage({ run, attempt, stages, logs, now }: Seen): string {
  const { started, ended } = attempt.times;
  const rows: [string, string][] = [
    ["application", run.application],
    ["release", run.releaseLabel],
    ["attempt", String(attempt.number)],
    ["state", attempt.state],
    ["details", attempt.details],
    ["created", at(attempt.times.created)],
    ["started", started === undefined ? "" : at(started)],
    ["ended", ended === undefined ? "" : at(ended)],
    ["ran", started === undefined ? "" : formatDuration((ended ?? now) - started)],
  ];
  const title = run.request.name ?? run.id;
  return htmlPage(
    `${title}: ${attempt.state}`,
    `<h1>${text(title)}</h1>
<table>
${rows.map(([name, value]) => `<tr><th>${name}</th><td>${text(value)}</td></tr>`).join("\n")}
</table>
<h2>Stages</h2>
<table>
<tr><th>stage</th><th>what</th><th>tasks</th><th>took</th><th></th></tr>
${stages.map(stageRow).join("\n")}
</table>
<h2>The end of the driver's logs</h2>
${Object.entries(logs)
  .map(([name, value]) => `<h3>${name}</h3>\n<pre>${text(value)}</pre>`)
  .join("\n")}
<p>As of ${at(now)}.</p>
`,
  );
}

function stageRow({ id, name, tasks, submitted, completed, failure }: Stage): string {
  const cells = [id, name, tasks, formatDuration(completed - submitted), failure ?? "complete"];
  return `<tr>${cells.map((cell) => `<td>${text(String(cell))}</td>`).join("")}</tr>`;
}

const at = (ms: number) => new Date(ms).toISOString();
