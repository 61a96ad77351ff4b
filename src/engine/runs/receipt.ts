import type { Attempt, Receipt, RunRecord } from "../../model/run.ts";
import type { Closing } from "../../targets/target.ts";

/** What a run has made elsewhere, as its journal has it: what was asked for and was not refused. */
function createdOf(attempts: Attempt[]): string[] {
  const made = attempts.flatMap(({ intent, seen, done }) => {
    const [, what] = /^(?:create|make)-(.+)$/.exec(intent.do) ?? [];
    if (what === undefined || !done || seen === "refused") return [];
    const name = typeof seen === "string" ? seen : (intent.name ?? intent[what] ?? intent.id);
    return [`${what.replaceAll("-", " ")} ${name}`];
  });
  return [...new Set(made)];
}

/** The proof of closing: what cannot be confirmed counts as what remains. */
export function receiptOf(
  { id }: Pick<RunRecord, "id">,
  attempts: Attempt[],
  { gone, remains, pending = [], perMonth }: Closing,
): Receipt {
  return {
    created: [id, ...createdOf(attempts)],
    gone,
    remains: [
      ...remains,
      ...pending.map(
        (one) =>
          `${one}: not known to be gone; the next command here asks again, mayfly reap from anywhere`,
      ),
    ],
    ...(perMonth ? { perMonth } : {}),
    ...(perMonth?.usd === undefined ? {} : { usdPerMonth: perMonth.usd }),
  };
}
