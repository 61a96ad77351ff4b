/** Every failure a person can meet, and the exit code it ends with (docs/errors.md lists them). */
export const EXIT = {
  "job-failed": 1,
  usage: 2,
  "job-file": 2,
  "not-found": 2,
  ambiguous: 2,
  release: 2,
  refused: 2,
  missing: 3,
  permission: 3,
  offline: 3,
  cluster: 4,
  budget: 4,
  "disk-full": 5,
  damaged: 5,
  busy: 5,
  bug: 5,
  interrupted: 130,
  terminated: 143,
} as const;

export type ErrorCode = keyof typeof EXIT;

/**
 * `message` says what was attempted, quotes the value and says what is wrong;
 * `remedy` says what to do, as a line a person can act on.
 */
export class MayflyError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, message: string, remedy?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "MayflyError";
    this.code = code;
    this.remedy = remedy;
  }

  get exitCode(): number {
    return EXIT[this.code];
  }
}

/** Somebody has ended it: as Ctrl-C does, or as a kill. */
export function interruption(
  signal: AbortSignal | undefined,
  message: string,
  remedy?: string,
  cause?: unknown,
): MayflyError {
  const code = signal?.reason === "SIGTERM" ? "terminated" : "interrupted";
  return new MayflyError(code, message, remedy, cause);
}

/** Turns what the operating system says into the same closed set; what is unknown is a bug of ours. */
export function toMayflyError(error: unknown, attempted: string): MayflyError {
  if (error instanceof MayflyError) return error;
  const e = error as NodeJS.ErrnoException;
  const path = e?.path ? ` "${e.path}"` : "";
  switch (e?.code) {
    case "ENOSPC":
    case "EDQUOT":
      return new MayflyError(
        "disk-full",
        `cannot ${attempted}: the disk is full${path && `, writing${path}`}`,
        "free some space (mayfly prune shows what can go), then run it again",
        error,
      );
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return new MayflyError(
        "permission",
        `cannot ${attempted}: no permission${path && ` for${path}`} (${e.code})`,
        "use a folder that you may write to, or change its permissions",
        error,
      );
    case "ENOENT":
      return new MayflyError(
        "not-found",
        `cannot ${attempted}:${path} does not exist`,
        undefined,
        error,
      );
    case "EISDIR":
    case "ENOTDIR":
      return new MayflyError(
        "refused",
        `cannot ${attempted}:${path} is ${e.code === "EISDIR" ? "a folder, not a file" : "not below a folder"}`,
        undefined,
        error,
      );
    default: {
      const text = error instanceof Error ? error.message : String(error);
      return new MayflyError("bug", `cannot ${attempted}: ${text}`, undefined, error);
    }
  }
}
