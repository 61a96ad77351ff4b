import type { Verb } from "../command.ts";

/** Each word of `mayfly data`, loaded only when it is used. */
export const VERBS: Record<string, Verb> = {
  check: {
    summary: "do the files under a prefix agree about their schema?",
    load: async () => (await import("./check.ts")).check,
  },
  sample: {
    summary: "bring a representative part of it to this machine",
    load: async () => (await import("./sample.ts")).sample,
  },
};
