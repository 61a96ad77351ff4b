import type { Cost } from "../../model/money/money.ts";
import type { Io } from "../command.ts";
import { costLine, makeStatus } from "./status.ts";

/** Off a terminal nobody looks on all the time. */
const TOLD_MS = 10 * 60_000;

/** What a run costs, beside what it prints: a line at the foot of a terminal, or now and then one on stderr. */
export function followMeter(io: Io) {
  const status = makeStatus(io);
  let told = Number.NEGATIVE_INFINITY;
  return {
    show({ cost, at }: { cost: Cost; at: number }) {
      if (io.terminal.err) return status.meter(cost, at, "the cluster");
      if (at - told < TOLD_MS) return;
      told = at;
      io.err(`${costLine(cost)}\n`);
    },
    /** What is printed comes above it. */
    print(write: () => void, text: string) {
      status.clear();
      write();
      status.draw(!text.endsWith("\n"));
    },
    end: status.end,
  };
}
