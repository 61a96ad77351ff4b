import type { Job } from "./job.ts";

/** What running a job somewhere would do, in order. Making one touches nothing. */
export interface Plan {
  job: Job;
  target: string;
  kind: string;
  actions: string[];
  /** What was mapped, replaced or passed over, in words for the person. */
  notes: string[];
  quote: Quote;
}

export interface Quote {
  /** Absent where no price is known. */
  usd?: number;
  basis: "estimate" | "billed";
  /** The day the prices are from; absent where nothing is paid. */
  pricesOf?: string;
  assumes: string[];
}
