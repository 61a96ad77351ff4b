import { connect } from "node:net";
import type { ClusterRecord } from "../../model/cluster.ts";
import { type ListedCluster, lookAtCluster } from "./list.ts";

/** Where EMR's guide has them ("View web interfaces hosted on Amazon EMR clusters"), releases from 6.0 on. */
const PORTS: readonly (readonly [string, number])[] = [
  ["YARN", 8088],
  ["Spark history", 18080],
  ["HDFS", 9870],
  ["Zeppelin", 8890],
  ["JupyterHub", 9443],
];
const WAIT_MS = 1500;

export interface ClusterUi {
  name: string;
  url: string;
}

export interface ClusterDetail extends ListedCluster {
  /** Those that answer from here, without a tunnel. */
  uis: ClusterUi[];
  /** Why there is none. */
  noUis?: string;
}

/** One cluster, and which of its UIs can be opened from here. */
export async function detailOf(
  record: ClusterRecord,
  env: NodeJS.ProcessEnv,
  answers: (host: string, port: number) => Promise<boolean> = doesAnswer,
): Promise<ClusterDetail> {
  const listed = await lookAtCluster(record, env);
  const primary = listed.now?.primary;
  if (primary === undefined) return { ...listed, uis: [], noUis: "no primary of it is known" };
  const found = await Promise.all(
    PORTS.map(async ([name, port]) =>
      (await answers(primary, port))
        ? [{ name, url: `${port === 9443 ? "https" : "http"}://${primary}:${port}/` }]
        : [],
    ),
  );
  const uis = found.flat();
  return {
    ...{ ...listed, uis },
    ...(uis.length > 0
      ? {}
      : {
          noUis: `${primary} is in a network of its own, and answers nobody here`,
        }),
  };
}

function doesAnswer(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: WAIT_MS });
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}
