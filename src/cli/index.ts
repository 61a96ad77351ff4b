import type { Entry } from "./command.ts";

/** Every command, in the order of the help; each is loaded only when it is used. */
export const COMMANDS: Record<string, Entry> = {
  run: {
    summary: "run a script, a jar, a folder or a job of mayfly.yaml",
    load: async () => (await import("./job/run.ts")).run,
  },
  plan: {
    summary: "what a run would do and cost",
    load: async () => (await import("./job/plan.ts")).plan,
  },
  watch: {
    summary: "run it again on each saved change",
    load: async () => (await import("./job/watch.ts")).watch,
  },
  init: {
    summary: "write a mayfly.yaml",
    load: async () => (await import("./setup/init.ts")).init,
  },
  import: {
    summary: "a mayfly.yaml from an aws emr create-cluster line",
    load: async () => (await import("./setup/import.ts")).importCommand,
  },
  ls: { summary: "list runs", load: async () => (await import("./runs/ls.ts")).ls },
  show: {
    summary: "everything about a run, or a cluster",
    load: async () => (await import("./runs/show.ts")).show,
  },
  logs: { summary: "what a run printed", load: async () => (await import("./runs/logs.ts")).logs },
  wait: {
    summary: "wait until a run has ended",
    load: async () => (await import("./runs/wait.ts")).wait,
  },
  cancel: {
    summary: "end a running run",
    load: async () => (await import("./runs/cancel.ts")).cancel,
  },
  receipt: {
    summary: "what a run has created, what is gone, what remains",
    load: async () => (await import("./runs/receipt.ts")).receipt,
  },
  compare: {
    summary: "two runs side by side",
    load: async () => (await import("./runs/compare.ts")).compare,
  },
  rerun: {
    summary: "ask for an earlier run again",
    load: async () => (await import("./runs/rerun.ts")).rerun,
  },
  open: {
    summary: "the Spark UI or the history of a run",
    load: async () => (await import("./runs/open.ts")).open,
  },
  up: {
    summary: "open a cluster that stays",
    load: async () => (await import("./clusters/up.ts")).up,
  },
  down: {
    summary: "end a cluster, and what was made for it",
    load: async () => (await import("./clusters/down.ts")).down,
  },
  resize: {
    summary: "more or fewer workers for a cluster",
    load: async () => (await import("./clusters/resize.ts")).resize,
  },
  extend: {
    summary: "let a cluster live longer",
    load: async () => (await import("./clusters/extend.ts")).extend,
  },
  reap: {
    summary: "find by tag what runs have left in the cloud, and end it",
    load: async () => (await import("./clusters/reap.ts")).reap,
  },
  fs: {
    summary: "files: here, in s3:// and in hdfs://",
    verbs: async () => (await import("./fs/index.ts")).VERBS,
  },
  data: {
    summary: "do files agree about their schema? and a sample of them",
    verbs: async () => (await import("./data/index.ts")).VERBS,
  },
  console: {
    summary: "runs, clusters, files and SQL in the browser",
    load: async () => (await import("./console/console.ts")).console,
  },
  sql: {
    summary: "ask the outputs of runs, and files, with SQL",
    load: async () => (await import("./query/sql.ts")).sql,
  },
  dashboard: {
    summary: "charts of what runs have written, as files",
    verbs: async () => (await import("./dashboard/index.ts")).VERBS,
  },
  athena: {
    summary: "tables over outputs in S3, for SQL on Athena",
    verbs: async () => (await import("./query/athena.ts")).VERBS,
  },
  rehearsal: {
    summary: "AWS on this machine, without an account",
    verbs: async () => (await import("./rehearsal/index.ts")).VERBS,
  },
  prune: {
    summary: "remove old runs and caches",
    load: async () => (await import("./runs/prune.ts")).prune,
  },
  warm: {
    summary: "drivers that are started ahead of a run",
    load: async () => (await import("./setup/warm.ts")).warm,
  },
  prices: {
    summary: "what things cost, and from which day the prices are",
    load: async () => (await import("./setup/prices.ts")).prices,
  },
  doctor: {
    summary: "look whether this machine is ready",
    load: async () => (await import("./setup/doctor.ts")).doctor,
  },
  completion: {
    summary: "completion for bash, zsh or fish",
    load: async () => (await import("./setup/completion.ts")).completion,
  },
};
