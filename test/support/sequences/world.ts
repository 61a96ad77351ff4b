import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Emr, openEmr } from "../../../src/aws/emr.ts";
import { openSession } from "../../../src/aws/session.ts";
import { systemClock } from "../../../src/base/clock.ts";
import { activeRuns } from "../../../src/engine/runs/records.ts";
import type { Cluster, Step } from "../../../src/rehearsal/emr/cluster.ts";
import { MEMORY, refusal, type SmallAws, startSmallAws } from "../servers/small-aws.ts";

/** Two machines of one owner, and an account: in this process, where waits take a hundredth of their time. */
const PROJECT = `jobs:
  ok:
    steps: [{ command: ["true"] }]
targets:
  one: { kind: emr, workers: 1 }
`;

export interface Machine {
  name: string;
  project: string;
  state: string;
}

export interface SequenceWorld {
  aws: SmallAws;
  emr: Emr;
  machines: Machine[];
  /** From here on this process is on that machine. */
  on(machine: Machine): NodeJS.ProcessEnv;
  /** A process of its own, which dies when it has sent or been answered so many requests: its environment. */
  mortal(requests: number, answered: boolean): { env: NodeJS.ProcessEnv; dead: Promise<void> };
  /** What a process that is dead looks like to those that come after it. */
  bury(machine: Machine, what: { run?: string; cluster?: string }): void;
  /** Of a process that has died: what is left of it here settles when all is over. */
  leave(work: Promise<unknown>, cancel?: () => void): void;
  close(): Promise<void>;
}

let faster = false;
/** Waits keep their order and take a hundredth; what the time is stays as it is. */
function hurry(): void {
  if (faster) return;
  faster = true;
  const { sleep: slow } = systemClock;
  systemClock.sleep = (ms, signal) => slow(Math.ceil(ms / 100), signal);
}

export async function sequenceWorld(): Promise<SequenceWorld> {
  hurry();
  const folder = mkdtempSync(join(MEMORY, "mayfly-test-"));
  /** How many more times one may pass; gone for ever where there is none left. */
  const lives = new Map<string, { left: number; die: () => void }>();
  let over: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  const pass = async (who: string) => {
    const life = lives.get(who);
    if (!life || life.left-- > 0) return true;
    life.die();
    await ended;
    return false;
  };
  const put = (cluster: Cluster, step: Step) => {
    const bucket = /^s3:\/\/([^/]+)\//.exec(String(cluster.request.LogUri))?.[1];
    for (const [name, text] of Object.entries({
      controller: "INFO Step succeeded with exitCode 0 and took 0 seconds\n",
      ...{ stdout: "", stderr: "" },
    }))
      aws.put(`${bucket}/mayfly/logs/${cluster.id}/steps/${step.id}/${name}`, text);
  };
  const aws = await startSmallAws(
    {
      async run(cluster, step) {
        put(cluster, step);
        return undefined;
      },
    },
    {
      before: async (asked) =>
        (await pass(asked.accessKey)) || refusal(asked, 403, "AccessDenied", "it is dead"),
      handled: ({ accessKey }) => pass(accessKey),
    },
  );
  const machines = ["here", "there"].map((name) => {
    const project = join(folder, `${name}-project`);
    mkdirSync(project);
    writeFileSync(join(project, "mayfly.yaml"), PROJECT);
    return { name, project, state: join(folder, name) };
  });
  const before = { ...process.env };
  for (const name of Object.keys(process.env))
    if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, aws.env, { XDG_CONFIG_HOME: join(folder, "config") });
  let number = 0;
  const left: Promise<unknown>[] = [];
  const cancels: (() => void)[] = [];
  const world: SequenceWorld = {
    aws,
    machines,
    emr: openEmr(await openSession({ env: { ...aws.env } })),
    on(machine) {
      process.env.XDG_STATE_HOME = machine.state;
      return { ...process.env };
    },
    mortal(requests, answered) {
      const AWS_ACCESS_KEY_ID = `AKIAMORTAL${++number}`;
      let die = () => {};
      const dead = new Promise<void>((resolve) => {
        die = resolve;
      });
      lives.set(AWS_ACCESS_KEY_ID, { left: requests * 2 + (answered ? 0 : 1), die });
      return { env: { ...process.env, AWS_ACCESS_KEY_ID }, dead };
    },
    bury({ project, state }, { run: id, cluster }) {
      const gone = JSON.stringify({ pid: process.pid, began: "0@gone" });
      if (id && activeRuns(project).some((one) => one.id === id))
        writeFileSync(join(project, ".mayfly/active", id), gone);
      if (!cluster) return;
      const clusters = join(state, "mayfly/clusters");
      const lock = join(clusters, `${cluster}.lock`);
      if (existsSync(lock)) writeFileSync(lock, gone);
      const opening = join(clusters, cluster, "opening.json");
      if (existsSync(opening)) replaceProcess(opening, gone);
    },
    leave(work, cancel = () => {}) {
      left.push(work.catch(() => {}));
      cancels.push(cancel);
    },
    async close() {
      over();
      for (const cancel of cancels) cancel();
      await Promise.race([Promise.all(left), sleep(5000, undefined, { ref: false })]);
      for (const name of Object.keys(process.env)) delete process.env[name];
      Object.assign(process.env, before);
      await aws.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

function replaceProcess(file: string, gone: string): void {
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), process: gone }));
}
