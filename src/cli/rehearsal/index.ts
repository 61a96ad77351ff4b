import type { Verb } from "../command.ts";

/** Each word of `mayfly rehearsal`, loaded only when it is used. */
export const VERBS: Record<string, Verb> = {
  start: {
    summary: "start it, and print its environment",
    load: async () => (await import("./start.ts")).start,
  },
  exec: {
    summary: "run a command in its environment",
    load: async () => (await import("./exec.ts")).exec,
  },
  fault: {
    summary: "make something go wrong in it, on purpose",
    load: async () => (await import("./fault.ts")).fault,
  },
  status: {
    summary: "what runs, and what it holds",
    load: async () => (await import("./status.ts")).status,
  },
  stop: {
    summary: "end it; what it holds stays",
    load: async () => (await import("./stop.ts")).stop,
  },
  reset: {
    summary: "forget all that it holds",
    load: async () => (await import("./reset.ts")).reset,
  },
};
