import { userInfo } from "node:os";
import { MayflyError } from "../../base/errors.ts";

/** A real HDFS: where its NameNodes answer over WebHDFS, and as whom we ask. */
export interface HdfsWish {
  /** Several NameNodes of one HDFS; only one of them is active at a time. */
  nameNodes: string[];
  user: string;
  /** Where a `host:port` that a NameNode names is reached from here: the place for tunnels. */
  reach?: (host: string) => string;
}

export interface HdfsAddress {
  nameNodes: string[];
  /** What stands before a path in its name. */
  prefix: string;
  /** Without a leading slash. */
  path: string;
}

const WEBHDFS = /^(s?)webhdfs:\/\/([^/]*)\/*(.*)$/s;
const HDFS = /^hdfs:\/\/[^/]*\/*(.*)$/s;

/**
 * The real HDFS that a URI means, if it means one: `webhdfs://` always does, as for Hadoop itself; `hdfs://`
 * does when NameNodes are named beside it, and then whatever its host, as it is on the laptop.
 */
export function hdfsAddress(text: string, nameNodes: string[] = []): HdfsAddress | undefined {
  const [, secure, host = "", path = ""] = WEBHDFS.exec(text) ?? [];
  if (secure !== undefined) {
    return {
      nameNodes: readNameNodes(`${secure ? "https" : "http"}://${withPort(host, secure)}`),
      prefix: `${secure}webhdfs://${host}/`,
      path,
    };
  }
  const below = HDFS.exec(text)?.[1];
  if (below === undefined || nameNodes.length === 0) return undefined;
  return { nameNodes, prefix: "hdfs:///", path: below };
}

/** Hadoop's own, where a URI says none. */
function withPort(host: string, secure: string): string {
  return host === "" || /:\d+$/.test(host) ? host : `${host}:${secure ? 9871 : 9870}`;
}

/** `http://namenode:9870`, or several with commas between them. */
export function readNameNodes(text: string): string[] {
  return text.split(",").map((one) => {
    const url = URL.canParse(one.trim()) ? new URL(one.trim()) : undefined;
    if (
      !url ||
      !/^https?:$/.test(url.protocol) ||
      url.hostname === "" ||
      url.search ||
      url.hash ||
      url.username
    ) {
      throw new MayflyError(
        "usage",
        `cannot read "${one}" as the address of a NameNode`,
        "write it as http://namenode:9870; several of one HDFS with commas between them",
      );
    }
    return `${url.origin}${url.pathname.replace(/\/(webhdfs(\/v1)?\/?)?$/, "")}`;
  });
}

/** As Hadoop's own clients find it. */
export function hdfsUser(env: NodeJS.ProcessEnv): string {
  return env.HADOOP_USER_NAME || userInfo().username;
}
