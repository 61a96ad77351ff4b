import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Step } from "../../../src/rehearsal/emr/cluster.ts";
import { openEmr } from "../../../src/rehearsal/emr/emr.ts";
import type { Nodes } from "../../../src/rehearsal/emr/life.ts";
import { eventually } from "../eventually.ts";

export interface Ended {
  Status: { State: string };
}
export interface World {
  /** What most operations answer with is not looked at but for one id. */
  emr<T = { JobFlowId: string }>(operation: string, input: unknown): Promise<T>;
  refused(operation: string, input: unknown): Promise<[string, string]>;
  until(ClusterId: string, ...states: string[]): Promise<Ended>;
  restart(): Promise<void>;
  /** Where the service has put a page. */
  pages: string[];
}

/** Steps as they are called: `ok`, `fails`, `hangs`. */
export const nodes: Nodes = {
  provide: async (cluster) => {
    for (const one of cluster.instances) {
      one.state = "RUNNING";
      one.ec2Id ||= `i-${one.id.slice(3).toLowerCase()}`;
    }
  },
  bootstrap: async ({ bootstrapActions }) =>
    bootstrapActions.some(({ Name }) => Name === "fails")
      ? "On the master instance (i-1), bootstrap action 1 returned a non-zero return code"
      : undefined,
  add: async () => undefined,
  remove: async () => {},
  retag: async () => {},
  run: (_, step: Step, signal) =>
    new Promise((resolve) => {
      if (step.name === "hangs") signal.addEventListener("abort", () => resolve(undefined));
      else resolve(step.name === "fails" ? { Reason: "Unknown Error." } : undefined);
    }),
  release: async (cluster) => {
    for (const one of cluster.instances) {
      one.state = "TERMINATED";
      one.times.ended ??= Date.now();
    }
  },
};

export async function withEmr(work: (world: World) => Promise<void>, more: Partial<Nodes> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  const open = () =>
    openEmr({
      folder,
      nodes: { ...nodes, ...more },
      startMs: 1,
      where: { region: "eu-west-3", account: "123456789012" },
      bucket: { put: async (uri) => void pages.push(uri), link: async (uri) => `link to ${uri}` },
    });

  const pages: string[] = [];
  let service = open();
  const ask = async (operation: string, input: unknown) => {
    const { status, body } = await service.handle({
      service: "elasticmapreduce",
      region: "eu-west-3",
      accessKey: "AKIA",
      method: "POST",
      path: "/",
      query: "",
      headers: { "x-amz-target": `ElasticMapReduce.${operation}` },
      body: Buffer.from(JSON.stringify(input)),
    });
    return { status, said: JSON.parse(String(body)) as Record<string, string> };
  };
  const world: World = {
    async emr<T>(operation: string, input: unknown) {
      const { status, said } = await ask(operation, input);
      assert.equal(status, 200, `${operation}: ${JSON.stringify(said)}`);
      return said as T;
    },
    async refused(operation, input) {
      const { status, said } = await ask(operation, input);
      assert.ok(status >= 400, operation);
      return [said.__type ?? "", said.message ?? ""];
    },
    async until(ClusterId, ...states) {
      const look = async () => {
        const { Cluster } = await world.emr<{ Cluster: Ended }>("DescribeCluster", { ClusterId });
        const { State } = Cluster.Status;
        if (states.includes(State)) return Cluster;
        assert.ok(!/^TERMINATED/.test(State), `${State} ${JSON.stringify(Cluster)}`);
        return undefined;
      };
      return eventually(`${ClusterId} ${states}`, look, 5);
    },
    pages,
    async restart() {
      await service.close();
      service = open();
    },
  };
  try {
    await work(world);
  } finally {
    await service.close();
    rmSync(folder, { recursive: true });
  }
}

export const step = (Name: string, ActionOnFailure = "CONTINUE") => ({
  Name,
  ActionOnFailure,
  HadoopJarStep: { Jar: "command-runner.jar", Args: ["true"] },
});
export const wish = (more: object = {}, instances: object = {}) => ({
  Name: "a cluster",
  ReleaseLabel: "emr-7.12.0",
  JobFlowRole: "EMR_EC2_DefaultRole",
  ServiceRole: "EMR_DefaultRole",
  Instances: { MasterInstanceType: "m5.xlarge", InstanceCount: 3, ...instances },
  ...more,
});
export const KEEP = { KeepJobFlowAliveWhenNoSteps: true };
