import type { FsOptions } from "../engine/fs/stores.ts";
import type { RunIndex } from "../engine/runs/look/index.ts";
import type { RehearsalView } from "./api.ts";
import type { SqlDesk } from "./live/desk.ts";
import type { Works } from "./live/works.ts";
import type { Keys } from "./safety/keys.ts";

/** What all of a console's answers are made from. */
export interface ConsoleContext {
  project: string;
  env: NodeJS.ProcessEnv;
  port(): number;
  keys: Keys;
  index: RunIndex;
  /** Which S3 and which HDFS, as `mayfly fs` would take them. */
  files: FsOptions;
  works: Works;
  /** Runs that were begun here end with the console. */
  began: Set<{ id: string; ended: Promise<void>; cancel(): void }>;
  sql: SqlDesk;
  rehearsals(): Promise<RehearsalView[]>;
  /** Where the built pages lie. */
  pages: string;
  signal: AbortSignal;
}
