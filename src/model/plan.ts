import type { Job } from "./job.ts";
import type { Money } from "./money/money.ts";

/** What running a job somewhere would do, in order. Making one touches nothing. */
export interface Plan {
  job: Job;
  target: string;
  kind: string;
  actions: string[];
  /** What was mapped, replaced or passed over, in words for the person. */
  notes: string[];
  quote: Quote;
  /** What goes well on the day and is regretted later. */
  warnings?: string[];
  /** What could not be looked at, and why. */
  unseen?: string[];
  /** The same by hand, as it is pasted in a shell. */
  line?: string;
  /** What whoever runs it must be allowed, as a policy document of IAM. */
  policy?: object;
}

export interface Quote {
  /** Absent where no price is known. */
  usd?: number;
  basis: "estimate" | "billed";
  perHour?: Money;
  /** All of it, also where some price is not known. */
  total?: Money;
  /** The day the prices are from; absent where nothing is paid. */
  pricesOf?: string;
  assumes: string[];
}
