import type { Looked } from "../check/look-all.ts";
import type { Amount } from "./amount.ts";

/** What each way to sample is given, and tells. */
export interface Drawing {
  amount: Amount;
  seed: number;
  /** Where it is written, until all of it is there. */
  folder: string;
  signal: AbortSignal;
  counted(bytes: number): void;
  took(rows: number | undefined): void;
  note(text: string): void;
  /** One file that cannot be read does not hold up the others. */
  orLeaveOut(file: Looked, work: () => Promise<void>): Promise<void>;
}
