import type { Counted } from "../faults.ts";

/** What a running rehearsal is told, and asked, of its faults. */
export type Asked =
  | { do: "list" }
  /** `instead` of those that are there. */
  | { do: "add"; rules: unknown[]; instead?: boolean }
  | { do: "clear"; ids?: string[] };

export interface Told {
  faults: Counted[];
  /** What is wrong with a rule. */
  problem?: { message: string; remedy: string };
}

/** A service of the door's like any other, so that its signatures are checked like any other's. */
export const OWN_SERVICE = "mayfly";
