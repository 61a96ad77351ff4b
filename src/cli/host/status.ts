import { formatBytes, formatDuration } from "../../base/format.ts";
import type { Progress } from "../../model/event.ts";
import { type Cost, formatCost, formatMoney, sum, times } from "../../model/money/money.ts";
import type { Io } from "../command.ts";
import { paint } from "../paint.ts";

/** The one line at the foot of a terminal that says what is going on; nothing off a terminal. */
export function makeStatus(io: Io) {
  const color = paint(io);
  const live = io.terminal.err;
  let text: () => string = () => "";
  let drawn = false;
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  let toldQuarter = -1;
  let fetching: { what: string; began: number; first: number } | undefined;
  let step = "";
  let since = 0;
  let waiting = "";
  let address = "";
  let stages: Progress["stages"] = [];
  let meter: { cost: Cost; at: number } | undefined;

  const clear = () => {
    if (drawn) io.err("\r\u001b[2K");
    drawn = false;
  };
  const draw = (midLine = busy) => {
    busy = midLine;
    if (!live || busy) return;
    const line = text();
    clear();
    if (line === "") return;
    io.err(line);
    drawn = true;
  };
  const begin = (line: () => string) => {
    text = line;
    if (!live) return;
    timer ??= setInterval(draw, 250);
    timer.unref();
    draw(false);
  };
  const fit = (line: string) =>
    line.length < io.terminal.columns ? line : `${line.slice(0, io.terminal.columns - 2)}…`;

  const stepLine = () => {
    const stage = stages[0];
    const parts = [step, formatDuration(Date.now() - since)];
    if (stage) {
      parts.push(
        `${stage.name.split(" at ")[0]} ${bar(stage.done, stage.total, 16)} ${stage.done}/${stage.total} tasks`,
      );
      if (stages.length > 1) parts.push(`and ${stages.length - 1} more stages`);
    } else if (!address && waiting) parts.push(waiting);
    if (address) parts.push(address);
    if (meter) parts.push(spentBy(meter, Date.now()));
    return color.dim(fit(`  ${parts.join("  ")}`));
  };

  return {
    clear,
    draw,
    /** `wait` says what is going on until there is an address to look at. */
    step(name: string, at: number, wait: string) {
      step = name;
      waiting = wait;
      since = at;
      address = "";
      stages = [];
      busy = false;
      begin(stepLine);
    },
    ui(url: string) {
      address = url;
    },
    progress(progress: Progress) {
      stages = progress.stages;
    },
    /** What it has cost so far; `beside` is what the line says of it where no step runs. */
    meter(cost: Cost, at: number, beside: string) {
      meter = { cost, at };
      if (timer === undefined)
        begin(() => (meter ? color.dim(fit(`  ${beside}  ${spentBy(meter, Date.now())}`)) : ""));
    },
    fetch(what: string, bytes: number, total: number | undefined, at: number) {
      if (fetching?.what !== what) {
        fetching = { what, began: at, first: bytes };
        toldQuarter = -1;
      }
      const line = fetchLine(what, bytes, total, bytes - fetching.first, at - fetching.began);
      if (live) begin(() => (bytes === total ? "" : color.dim(fit(line))));
      else if (total && Math.floor((bytes / total) * 4) > toldQuarter) {
        toldQuarter = Math.floor((bytes / total) * 4);
        io.err(`${line}\n`);
      }
    },
    end() {
      clear();
      text = () => "";
      clearInterval(timer);
      timer = undefined;
    },
  };
}

/** Between two looks the clock goes on: `$0.042 so far (estimate)`. */
export function spentBy({ cost, at }: { cost: Cost; at: number }, now: number): string {
  const since = times(cost.perHour, Math.max(0, now - at) / 3_600_000);
  const money = cost.usd === undefined ? cost : sum(cost, since);
  return `${formatMoney(money)} so far (${cost.basis})`;
}

/** `cost so far: $0.042 (estimate, prices of …), $0.53 an hour` */
export const costLine = (cost: Cost) =>
  `cost so far: ${formatCost(cost)}, ${formatMoney(cost.perHour)} an hour`;

/** Bytes, rate and time left of a download. */
export function fetchLine(
  what: string,
  bytes: number,
  total: number | undefined,
  got: number,
  ms: number,
): string {
  const rate = ms > 500 ? (got / ms) * 1000 : 0;
  const parts = [what.startsWith("unpacking") ? `  ${what}` : `  fetching ${what}`];
  if (total) parts.push(bar(bytes, total, 20), `${formatBytes(bytes)} of ${formatBytes(total)}`);
  else parts.push(formatBytes(bytes));
  if (rate > 0) parts.push(`${formatBytes(rate)}/s`);
  if (rate > 0 && total) parts.push(`${formatDuration(((total - bytes) / rate) * 1000)} left`);
  return parts.join("  ");
}

function bar(done: number, total: number, width: number): string {
  const filled = total > 0 ? Math.min(width, Math.round((done / total) * width)) : 0;
  return `${"█".repeat(filled)}${"░".repeat(width - filled)}`;
}
