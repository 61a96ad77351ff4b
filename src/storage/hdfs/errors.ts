import { type ErrorCode, MayflyError } from "../../base/errors.ts";

/** What HDFS has said, by the name of its exception. */
export class HdfsError extends MayflyError {
  readonly said: string;
  constructor(said: string, mayfly: MayflyError) {
    super(mayfly.code, mayfly.message, mayfly.remedy);
    this.said = said;
  }
}

/** What stands in the body of an answer that is no success. */
export interface RemoteException {
  exception: string;
  message: string;
}

export function remoteException(body: string): RemoteException | undefined {
  try {
    const { RemoteException: found } = JSON.parse(body) as { RemoteException?: RemoteException };
    if (!found?.exception) return undefined;
    // A stack trace may follow, and the name of the class may stand before it.
    const [line = ""] = (found.message ?? "").split("\n");
    return { exception: found.exception, message: line.replace(/^[\w.$]+Exception: /, "") };
  } catch {
    return undefined;
  }
}

const KINDS: [pattern: RegExp, code: ErrorCode, remedy?: string][] = [
  [/^FileNotFound/, "not-found", "mayfly fs ls shows what there is"],
  [
    /^(AccessControl|Security|Authorization)/,
    "permission",
    "HADOOP_USER_NAME says as whom it is asked; mayfly fs stat shows whose it is",
  ],
  [
    /^SafeMode/,
    "cluster",
    "it can be read meanwhile; it ends by itself when enough DataNodes are there, or with: hdfs dfsadmin -safemode leave",
  ],
  [/^Standby/, "cluster", "name the other NameNode too: --webhdfs URL,URL"],
  [/QuotaExceeded/, "cluster", "remove something there, or have the quota raised"],
  [
    /^(FileAlreadyExists|ParentNotDirectory|PathIsNotEmptyDirectory|PathIsNotDirectory|RenameRefused)/,
    "refused",
  ],
  [/^(InvalidPath|IllegalArgument|FSLimit|PathComponentTooLong|Unsupported)/, "refused"],
];

export function failure(attempted: string, { exception, message }: RemoteException): HdfsError {
  const name = exception.replace(/Exception$/, "");
  const [, code = "cluster", remedy] = KINDS.find(([pattern]) => pattern.test(name)) ?? [];
  return new HdfsError(
    exception,
    new MayflyError(
      code,
      `cannot ${attempted}: ${message || "HDFS refused"} (${exception})`,
      remedy,
    ),
  );
}

/** Kerberos. Nothing here speaks it. */
export function needsKerberos(attempted: string, url: string): MayflyError {
  return new MayflyError(
    "permission",
    `cannot ${attempted}: ${url} asks for Kerberos (SPNEGO), which mayfly fs does not speak`,
    "copy with hdfs dfs on a machine of that cluster",
  );
}

export function unreachable(attempted: string, url: string, why: unknown): MayflyError {
  return new MayflyError(
    "offline",
    `cannot reach ${url} to ${attempted}: ${reasonOf(why)}`,
    "is HDFS running there? WebHDFS answers at the address of its NameNode's web page, such as http://namenode:9870",
    why,
  );
}

export function unreachableDataNode(attempted: string, url: string, why: unknown): MayflyError {
  return new MayflyError(
    "offline",
    `cannot reach ${url} to ${attempted}: ${reasonOf(why)}`,
    "the NameNode names this DataNode for it: it must be running, and be reachable from here by that address",
    why,
  );
}

function reasonOf(why: unknown): string {
  if (!(why instanceof Error)) return String(why);
  return why.message || (why as NodeJS.ErrnoException).code || why.name;
}
