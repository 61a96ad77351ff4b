import type { ClusterInfo, ClusterRecord, Ours } from "../model/cluster.ts";
import type { Emit } from "../model/event.ts";
import type { Act } from "../model/run.ts";
import type { Closing, TargetContext } from "./context.ts";

export type UpContext = Pick<
  TargetContext,
  "run" | "folder" | "places" | "act" | "attempts" | "emit" | "signal" | "env"
>;

export interface AskContext {
  env: NodeJS.ProcessEnv;
  /** What it costs as well, which takes a few requests more for each. */
  cost?: boolean;
  signal?: AbortSignal;
}

export interface ChangeContext extends AskContext {
  act: Act;
  emit: Emit;
  /** What does not go at once is not waited for. */
  brief?: boolean;
}

/** What a kind does whose clusters can stay after the command that opened them. */
export interface ClusterKeeper {
  /** Opens one under this name and returns when it takes jobs. */
  up(name: string, context: UpContext): Promise<ClusterRecord>;
  /** As it is now; undefined where nobody knows it. */
  look(record: ClusterRecord, context: AskContext): Promise<ClusterInfo | undefined>;
  /** To so many workers. */
  resize(record: ClusterRecord, workers: number, context: ChangeContext): Promise<void>;
  /** Another time to live, in seconds from its beginning; returns when it ends. */
  setTtl(record: ClusterRecord, seconds: number, context: ChangeContext): Promise<void>;
  /** All that carries our tags, whoever has opened it from wherever; with an owner, what is theirs. */
  find(context: AskContext): Promise<{ owner: string; ours: Ours[]; clusters: ClusterRecord[] }>;
  /** Ends one, with all that was made for it; returns when it is gone. */
  down(record: ClusterRecord, context: ChangeContext & { unprotect: boolean }): Promise<Closing>;
  /** Ends these, each checked once more right before; returns when they are gone. */
  end(ours: Ours[], context: ChangeContext & { unprotect: boolean }): Promise<Closing>;
}
