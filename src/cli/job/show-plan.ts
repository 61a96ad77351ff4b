import { printable } from "../../base/format.ts";
import { formatQuote } from "../../model/money/money.ts";
import type { Plan } from "../../model/plan.ts";
import type { Io } from "../command.ts";

/** What would happen, for a person. */
export function showPlan(plan: Plan, io: Io): void {
  for (const line of linesOf(plan)) io.out(`${line}\n`);
  for (const text of plan.unseen ?? []) io.err(`${printable(text)}\n`);
}

function linesOf({
  job,
  target,
  kind,
  actions,
  notes,
  warnings = [],
  quote,
  line,
}: Plan): string[] {
  return [
    `${printable(job.name)} on ${target}${target === kind ? "" : ` (${kind})`}`,
    ...actions.map((action, i) => `${String(i + 1).padStart(2)}. ${printable(action)}`),
    ...(notes.length > 0 ? ["", ...notes.map((note) => `note: ${printable(note)}`)] : []),
    ...(warnings.length > 0 ? ["", ...warnings.map((text) => `warning: ${printable(text)}`)] : []),
    "",
    `cost: ${formatQuote(quote)}`,
    ...quote.assumes.map((text) => `  ${printable(text)}`),
    ...(line ? ["", "the cluster by hand:", line] : []),
  ];
}
