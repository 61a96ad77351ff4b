import type { TargetEntry } from "./file/project.ts";
import type { Json } from "./json.ts";
import type { Cost, Money } from "./money/money.ts";

/** What a machine remembers of a cluster that stays: enough to find it, and to run on it as its target would. */
export interface ClusterRecord {
  version: 1;
  /** As people call it; also in its tags. */
  name: string;
  kind: string;
  target: string;
  /** Its id in the place where it lives. */
  id: string;
  /** What opened it: stands in its name and tags. */
  run: string;
  /** Where it is asked for: of its kind's own making. */
  where: Json;
  /** What mayfly.yaml said of its target. */
  entry: TargetEntry;
  createdAt: number;
}

/** A cluster as it is now, told by the place where it lives. */
export interface ClusterInfo {
  id: string;
  /** Of one that was opened to stay. */
  name?: string;
  run: string;
  owner: string;
  state: "starting" | "idle" | "busy" | "ending" | "ended";
  createdAt: number;
  endedAt?: number;
  /** Its time to live ends. */
  endsAt?: number;
  release?: string;
  protected: boolean;
  /** The run that has it for itself. */
  heldBy?: string;
  /** The name of its primary, where it has one by now. */
  primary?: string;
  tags: Record<string, string>;
  /** What it has cost so far, and costs an hour; where somebody has asked for that. */
  cost?: Cost;
}

/** Something in an account that carries our tags. */
export interface Ours {
  what: "cluster" | "security group" | "key pair";
  id: string;
  run: string;
  owner: string;
  region: string;
  createdAt?: number;
  /** Of a cluster that was opened to stay. */
  name?: string;
  endsAt?: number;
  protected?: boolean;
  /** The run that has locked it. */
  heldBy?: string;
  /** What it costs an hour, where that was asked for. */
  perHour?: Money;
}
