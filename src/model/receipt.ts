import { formatCost } from "./money/money.ts";
import type { RunRecord } from "./run.ts";

/** The lines of a receipt: a word, and what stands behind it; undefined where a run has none. */
export function receiptLines(record: RunRecord): [string, string[]][] | undefined {
  const { receipt, cost } = record;
  if (!receipt) return undefined;
  const { perMonth } = receipt;
  return [
    ...(["created", "gone", "remains"] as const).map((word): [string, string[]] => [
      word,
      receipt[word],
    ]),
    ...(cost ? [["cost", [formatCost(cost)]] as [string, string[]]] : []),
    ...(perMonth
      ? [["a month", [`${formatCost(perMonth)}, for what remains on S3`]] as [string, string[]]]
      : []),
  ];
}

export const whyNoReceipt = ({ state }: RunRecord): string =>
  state === "running" ? "it has not ended" : "it was never closed by this version";
