import { relative } from "node:path";
import { formatBytes, formatDuration, plural, printable } from "../../base/format.ts";
import type { Event } from "../../model/event.ts";
import { formatCost } from "../../model/money/money.ts";
import type { OutputRecord } from "../../model/run.ts";
import type { Io } from "../command.ts";
import { paint } from "../paint.ts";
import { differenceLines } from "./difference.ts";
import { foldJavaFrames } from "./fold.ts";
import { makeStatus } from "./status.ts";

const NOT_SPARK = ["python", "command", "copy"];

/** Shows the events of a run to a person: what the driver prints on stdout, all else on stderr. */
export function textHost(io: Io): { show(event: Event): void; close(): void } {
  const color = paint(io);
  const status = makeStatus(io);
  let folding = foldJavaFrames();
  let midLine = false;
  let steps: string[] = [];
  let ui = "";

  const line = (text: string) => {
    status.clear();
    if (midLine) io.err("\n");
    midLine = false;
    io.err(`${text}\n`);
  };
  const write = (stream: "stdout" | "stderr", text: string) => {
    if (text === "") return;
    status.clear();
    if (stream === "stdout") io.out(text);
    else io.err(text);
    // Only where both streams meet on a terminal does an unfinished line of one disturb the other.
    midLine = io.terminal.err && (stream === "stderr" || io.terminal.out) && !text.endsWith("\n");
    status.draw(midLine);
  };

  const show = (event: Event): void => {
    switch (event.code) {
      case "run.started":
        steps = event.steps.map(printable);
        line(
          `${color.bold(printable(event.job))} on ${event.target} ${color.dim(`run ${event.run}${event.project === io.cwd ? "" : ` in ${printable(event.project)}`}`)}`,
        );
        break;
      case "note":
        line(color.dim(`  ${printable(event.text)}`));
        break;
      case "fetch.progress":
        status.fetch(event.what, event.bytes, event.total, event.at);
        break;
      case "step.started":
        folding = foldJavaFrames();
        ui = "";
        if (steps.length > 1)
          line(`${color.bold(`[${event.step + 1}/${steps.length}]`)} ${steps[event.step]}`);
        status.step(
          printable(event.name),
          event.at,
          NOT_SPARK.includes(event.kind) ? "" : "starting Spark",
        );
        break;
      case "step.output":
        write(event.stream, event.stream === "stderr" ? folding.push(event.text) : event.text);
        break;
      case "step.app":
        ui = event.ui;
        status.ui(ui);
        break;
      case "step.progress":
        status.progress(event.progress);
        break;
      case "step.finished":
        write("stderr", folding.end());
        status.end();
        if (event.state === "succeeded" && steps.length > 1) {
          line(`${color.green("✓")} ${steps[event.step]} ${color.dim(formatDuration(event.ms))}`);
        }
        break;
      case "step.failed": {
        const { where, line: code, message, hint, exitCode, step } = event.failure;
        line(
          `${color.red("✗")} ${color.bold(steps[step] ?? "step")} failed with exit code ${exitCode}`,
        );
        if (where) line(`  ${color.bold(printable(where))}${code ? `  ${printable(code)}` : ""}`);
        for (const part of message.split("\n")) line(`  ${printable(part)}`);
        if (hint) line(`  ${color.yellow(printable(hint))}`);
        break;
      }
      case "cost":
        status.meter(event.cost, event.at, "the cluster");
        break;
      case "output":
        line(`  ${describeOutput(event.output)}`);
        break;
      case "run.finished": {
        const { time } = event;
        const split = time
          ? ` (start-up ${formatDuration(time.startMs)}, work ${formatDuration(time.workMs)}, stop ${formatDuration(time.stopMs)})`
          : "";
        const mark = event.state === "succeeded" ? color.green("✓") : color.red("✗");
        const some =
          event.failed > 0 && event.state === "succeeded"
            ? `, but ${event.failed} of ${steps.length} steps failed`
            : "";
        line(`${mark} ${event.state} in ${formatDuration(event.ms)}${some}${color.dim(split)}`);
        status.end();
        if (event.cost) line(`  cost: ${formatCost(event.cost)}`);
        for (const left of event.receipt.remains) line(`  ${color.yellow(`still there: ${left}`)}`);
        const more =
          event.state === "failed" ? `mayfly logs ${event.run}` : `mayfly show ${event.run}`;
        line(color.dim(`  more: ${more}${ui ? `, mayfly open ${event.run}` : ""}`));
        break;
      }
      case "watch.compared":
        for (const text of differenceLines(event, color)) line(text);
        break;
      case "watch.waiting":
        line(color.dim(`watching ${plural(event.files, "file")}; Ctrl-C ends it`));
        break;
      case "watch.changed":
        line(
          `\n${color.bold(`${shortNames(event.files, io.cwd)} changed`)}${color.dim(", running again")}`,
        );
        break;
      case "watch.refused":
        line(`${color.red("✗")} ${printable(event.message)}`);
        if (event.remedy) line(`  ${color.yellow(printable(event.remedy))}`);
    }
  };
  return { show, close: status.end };
}

function shortNames(files: string[], cwd: string): string {
  const names = files.map((file) => printable(relative(cwd, file)));
  return names.length > 3
    ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`
    : names.join(", ");
}

export function describeOutput(output: OutputRecord): string {
  const here = output.brought ? ` → ${output.path}` : "";
  const what = printable(`${output.name}  ${output.uri}${here}`);
  if (output.missing) return `${what}  nothing was written`;
  const parts = [
    ...(output.rows === undefined ? [] : [plural(output.rows, "row")]),
    plural(output.files, "file"),
    formatBytes(output.bytes),
    output.format,
  ];
  const columns = output.schema?.map((column) => `${column.name} ${column.type}`) ?? [];
  const shown =
    columns.length > 8 ? [...columns.slice(0, 8), `… ${columns.length - 8} more`] : columns;
  return `${what}  ${parts.join(", ")}${shown.length > 0 ? `  (${printable(shown.join(", "))})` : ""}`;
}
