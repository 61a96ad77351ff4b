import { statfsSync } from "node:fs";
import { type Exec, exec } from "../../base/exec.ts";

export type RuntimeNews =
  | { kind: "note"; text: string }
  | { kind: "progress"; what: string; bytes: number; total: number | undefined };

export type Tell = (news: RuntimeNews) => void;

/** Everything outside of this process that getting a runtime looks at. */
export interface Effects {
  env: NodeJS.ProcessEnv;
  exec: Exec;
  platform: NodeJS.Platform;
  /** Bytes that we may write below a folder that is there. */
  freeSpace(folder: string): number;
}

export const systemEffects: Effects = {
  env: process.env,
  exec,
  platform: process.platform,
  freeSpace(folder) {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
};
