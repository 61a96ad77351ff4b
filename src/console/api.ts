import type { ListedCluster } from "../engine/clusters/list.ts";
import type { ClusterDetail } from "../engine/clusters/look.ts";
import type { BriefReport } from "../engine/data/report/brief.ts";
import type { AthenaNeeds } from "../engine/query/athena/needs.ts";
import type { Listed } from "../engine/runs/list.ts";
import type { RunPage } from "../engine/runs/look/index.ts";
import type { LiveState } from "../engine/runs/look/live.ts";
import type { LogName, LogWindow } from "../engine/runs/look/window.ts";
import type { Ours } from "../model/cluster.ts";
import type { Plan } from "../model/plan.ts";
import type { RunRecord } from "../model/run.ts";
import type { SqlDesk } from "./live/desk.ts";

export type { BriefFile, Some } from "../engine/data/report/brief.ts";
export type { Check } from "../engine/doctor.ts";
export type { Words } from "../engine/job/known.ts";
export type { PriceRow, PriceTable } from "../engine/money/prices.ts";
export type { Known as TableView, Rows } from "../engine/query/open.ts";
export type { SavedQuery } from "../engine/query/saved.ts";
/** What the pages ask for and get; they take these types and nothing else from here. */
export type { Hit, Searched } from "../engine/runs/look/search.ts";
export type { Prunable } from "../engine/runs/prune.ts";
export type { KnownSpare } from "../engine/warm.ts";
export type { Page as DashboardPage } from "../model/dashboard/results.ts";
export type {
  AthenaNeeds,
  BriefReport,
  Listed,
  LiveState,
  LogName,
  LogWindow,
  Plan,
  RunPage,
  RunRecord,
};

/** What it takes to ask elsewhere than here. */
export interface PlacesView {
  spark: ReturnType<SqlDesk["spark"]>;
  athena: AthenaNeeds;
}

export interface DashboardFile {
  file: string;
  title?: string;
  /** Why it cannot be read. */
  problem?: string;
}

export interface Problem {
  code: string;
  message: string;
  remedy?: string;
}

export interface Session {
  project: string;
  /** Of `s3://` and `hdfs://`: folders of this machine, or the services themselves. */
  live: { s3: boolean; hdfs: boolean };
}

export interface RunView {
  record: RunRecord;
  folder: string;
  live: LiveState;
  logs: LogName[];
  /** Lines of its journal that cannot be read. */
  damaged: number[];
}

/** Something that takes its time; begun in one tab, seen in all. */
export interface Work {
  /** What it is: `down lab`, `doctor`. */
  key: string;
  startedAt: number;
  /** Absent while it goes on. */
  endedAt?: number;
  notes: string[];
  /** So far, and in the end. */
  found?: unknown;
  problem?: Problem;
}

export interface ClusterView extends ListedCluster {
  idle?: string;
}

export interface ClusterDetailView extends ClusterDetail {
  idle?: string;
}

/** What became of what was to end. */
export interface Ended {
  gone: string[];
  remains: string[];
  pending: string[];
}

/** What was left in the account, by the wish of who looked. */
export interface LeftView {
  said: Record<string, unknown>;
  found: { key: string; ours: Ours; stays?: string }[];
}

export interface Pruned {
  removed: number;
  bytes: number;
}

export type PlannedView = { on: string; plan: Plan } | { on: string; refused: Problem };

export interface FileItem {
  uri: string;
  name: string;
  kind: "file" | "folder";
  bytes: number;
  modified: number;
}

export interface FilePage {
  uri: string;
  items: FileItem[];
  /** There are more than are listed. */
  more: boolean;
}

export interface TextPreview {
  text: string;
  bytes: number;
  /** Of them, as many are shown. */
  shown: number;
  binary: boolean;
}

/** A check of data: how far it is, and then what it has found. */
export interface CheckView {
  /** Files that were listed; of those to be looked at, where that is known. */
  count?: number;
  of?: number;
  report?: BriefReport;
}

/** What the command line knows of rehearsals, in words for a page. */
export interface RehearsalView {
  name: string;
  running: boolean;
  endpoint: string;
  since?: number;
  memory?: number;
  speed: number;
  unsafe: boolean;
  buckets: { name: string; objects: number; bytes: number }[];
  faults: { kind: string; struck: number }[];
}
