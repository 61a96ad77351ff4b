import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request as open } from "node:http";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Credentials, sha256, signHeaders } from "../src/aws/sign.ts";
import { ensureRuntime } from "../src/spark/runtime.ts";
import { rehearsalWorld, runProgram } from "../test/support/rehearsal/world.ts";
import { startMinistack } from "../test/support/servers/ministack.ts";
import { startMoto } from "../test/support/servers/moto.ts";

/**
 * What the rehearsal costs, against what does the same without it, in turns in one run: requests for DescribeCluster
 * against moto and ministack, small PUTs against ministack without our door, our memory, and the time from RunJobFlow to a
 * completed step against that of the program alone, and a start: rehearsal.ts [--runs N] [--seconds S] [--only describe,put,step,start] [--save].
 */
const value = (name: string) =>
  process.argv.includes(`--${name}`)
    ? process.argv[process.argv.indexOf(`--${name}`) + 1]
    : undefined;
const [runs, seconds] = [Number(value("runs") ?? 5), Number(value("seconds") ?? 3)];
const wanted = (name: string) => (value("only") ?? name).split(",").includes(name);
const CONNECTIONS = 8;
const median = (list: number[]) =>
  [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
const spread = (list: number[], digits = 0) =>
  `${median(list).toFixed(digits)} (${Math.min(...list).toFixed(digits)}–${Math.max(...list).toFixed(digits)})`;

interface Server {
  url: string;
  who: Credentials;
  agent: Agent;
}
interface Wish {
  method: "POST" | "PUT";
  service: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

const server = (url: string, who: Credentials): Server => ({
  url,
  who,
  agent: new Agent({ keepAlive: true, maxSockets: CONNECTIONS }),
});

/** Signed anew each second, as a client of the SDKs signs: one that signs each time measures itself. */
function sender({ url, who, agent }: Server, { method, service, path, headers, body }: Wish) {
  const { host, hostname, port } = new URL(url);
  const payload = sha256(body);
  let signed: Record<string, string> = {};
  let at = 0;
  return () =>
    new Promise<string>((resolve, reject) => {
      const now = Date.now();
      if (now - at >= 1000) {
        const unsigned = { method, host, path, query: {}, headers, payload };
        signed = signHeaders(unsigned, who, { region: "us-east-1", service, now: new Date(now) });
        at = now;
      }
      const request = open({ hostname, port, agent, method, path, headers: signed });
      request.on("error", reject);
      request.on("response", (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        answer.on("end", () =>
          answer.statusCode === 200
            ? resolve(text)
            : reject(new Error(`${answer.statusCode}: ${text}`)),
        );
      });
      request.end(body);
    });
}

function emr<T>(to: Server, operation: string, input: object): Promise<T> {
  // With a connection of its own: one that was kept may be closed by now.
  return describer({ ...to, agent: new Agent() }, operation, input)().then(
    (text) => JSON.parse(text) as T,
  );
}

const describer = (to: Server, operation: string, input: object) =>
  sender(to, {
    method: "POST",
    service: "elasticmapreduce",
    path: "/",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `ElasticMapReduce.${operation}`,
    },
    body: Buffer.from(JSON.stringify(input)),
  });

/** As many as it takes, on all connections, for so long. */
async function perSecond(send: (i: number) => Promise<unknown>): Promise<number> {
  const began = performance.now();
  let count = 0;
  const one = async () => {
    while (performance.now() - began < seconds * 1000) await send(count++);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  return (count * 1000) / (performance.now() - began);
}

async function inTurns(
  sides: Record<string, (i: number) => Promise<unknown>>,
): Promise<Record<string, number[]>> {
  const found: Record<string, number[]> = {};
  for (let run = 0; run <= runs; run++)
    for (const [name, send] of Object.entries(sides)) {
      const rate = await perSecond(send);
      // The first is for the caches.
      if (run > 0) found[name] = [...(found[name] ?? []), rate];
    }
  return found;
}

const cluster = (more: object = {}) => ({
  Name: "bench",
  ReleaseLabel: "emr-7.12.0",
  JobFlowRole: "EMR_EC2_DefaultRole",
  ServiceRole: "EMR_DefaultRole",
  Applications: [{ Name: "Spark" }],
  Tags: [{ Key: "owner", Value: "bench" }],
  Instances: {
    KeepJobFlowAliveWhenNoSteps: true,
    InstanceGroups: [
      { InstanceRole: "MASTER", InstanceType: "m5.xlarge", InstanceCount: 1 },
      { InstanceRole: "CORE", InstanceType: "m5.xlarge", InstanceCount: 2 },
    ],
  },
  ...more,
});

const memory = (pid: number) =>
  Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;

const rows: string[] = [];
const row = (...cells: string[]) => {
  rows.push(`| ${cells.join(" | ")} |`);
  console.log(rows.at(-1));
};

const folder = mkdtempSync(join(tmpdir(), "mayfly-bench-"));
const world = rehearsalWorld();
const env = await world.start();
const ours = server(env.AWS_ENDPOINT_URL ?? "", {
  accessKeyId: env.AWS_ACCESS_KEY_ID ?? "",
  secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
});
const { daemon } = world.running();
try {
  await sleep(5000);
  const idle = memory(daemon.pid);
  if (wanted("describe")) await describe();
  if (wanted("put")) await puts();
  if (wanted("step")) await step();
  await sleep(10_000);
  row(
    "memory when idle, MB",
    idle.toFixed(0),
    "–",
    `${memory(daemon.pid).toFixed(0)} after all this`,
    "≤ 150",
  );
  if (wanted("start")) await start();
} finally {
  await world.remove();
  rmSync(folder, { recursive: true, force: true });
}

async function start(): Promise<void> {
  const took: number[] = [];
  for (let run = 0; run < runs; run++) {
    await world.mayfly(["rehearsal", "stop"]);
    const began = performance.now();
    await world.start();
    took.push((performance.now() - began) / 1000);
  }
  row("mayfly rehearsal start, when installed, s", spread(took, 2), "–", "", "< 3 s");
}

async function describe(): Promise<void> {
  const test = { accessKeyId: "test", secretAccessKey: "test" };
  const [moto, ministack] = [await startMoto(), await startMinistack(join(folder, "ministack"))];
  try {
    const sides: Record<string, () => Promise<string>> = {};
    const all = { ours, moto: server(moto.url, test), ministack: server(ministack.url, test) };
    for (const [name, to] of Object.entries(all)) {
      const { JobFlowId } = await emr<{ JobFlowId: string }>(to, "RunJobFlow", cluster());
      sides[name] = describer(to, "DescribeCluster", { ClusterId: JobFlowId });
    }
    const found = await inTurns(sides);
    for (const [other, reach] of Object.entries({ moto: "≥ 10", ministack: "≥ 1" }))
      row(
        `DescribeCluster a second, against ${other}`,
        spread(found.ours ?? []),
        spread(found[other] ?? []),
        `${(median(found.ours ?? []) / median(found[other] ?? [])).toFixed(2)} x`,
        reach,
      );
  } finally {
    await moto.stop();
    await ministack.stop();
  }
}

async function puts(): Promise<void> {
  // Ours answers nobody but us: another one, which writes its objects down as well.
  const other = await startMinistack(join(folder, "puts"), {
    ...{ PERSIST_STATE: "1", S3_PERSIST: "1", S3_DATA_DIR: join(folder, "puts/s3") },
  });
  const direct = server(other.url, ours.who);
  const body = randomBytes(10_240);
  const put = (to: Server, path: string, content: Buffer) =>
    sender(to, { method: "PUT", service: "s3", path, headers: {}, body: content });
  for (const to of [ours, direct]) await put(to, "/bench", Buffer.alloc(0))();
  // A name is written again and again: one of a thousand for each connection and more.
  const side = (to: Server, name: string) => {
    const senders = Array.from({ length: 1000 }, (_, i) => put(to, `/bench/${name}/${i}`, body));
    return (i: number) => (senders[i % senders.length] as () => Promise<string>)();
  };
  const found = await inTurns({ ours: side(ours, "door"), direct: side(direct, "direct") }).finally(
    other.stop,
  );
  row(
    "PUT of 10 KiB a second, against ministack without our door",
    spread(found.ours ?? []),
    spread(found.direct ?? []),
    `${(median(found.ours ?? []) / median(found.direct ?? [])).toFixed(2)} x`,
    "≥ 0.8",
  );
}

async function step(): Promise<void> {
  const program = `from pyspark.sql import SparkSession
s = SparkSession.builder.getOrCreate()
print(s.range(1000000).selectExpr("sum(id)").collect())
`;
  const script = `cat > job.py <<'END'\n${program}END\nspark-submit --master local[*] job.py`;
  const { sparkHome, javaHome, python } = await ensureRuntime(
    { spark: "3.5.6", needs: { java: true } },
    () => {},
  );
  const plain = async () => {
    const began = performance.now();
    const { code, err } = await runProgram("bash", ["-c", script], {
      cwd: folder,
      env: {
        PATH: `${join(sparkHome, "bin")}:${process.env.PATH}`,
        JAVA_HOME: javaHome,
        SPARK_HOME: sparkHome,
        PYSPARK_PYTHON: python,
        SPARK_LOCAL_IP: "127.0.0.1",
      },
    });
    if (code !== 0) throw new Error(err);
    return performance.now() - began;
  };
  const rehearsed = async () => {
    const began = performance.now();
    const Steps = [
      {
        Name: "bench",
        ActionOnFailure: "TERMINATE_CLUSTER",
        HadoopJarStep: { Jar: "command-runner.jar", Args: ["bash", "-c", script] },
      },
    ];
    const { JobFlowId } = await emr<{ JobFlowId: string }>(ours, "RunJobFlow", cluster({ Steps }));
    for (;;) {
      const listed = await emr<{ Steps: { Status: { State: string } }[] }>(ours, "ListSteps", {
        ClusterId: JobFlowId,
      });
      const state = listed.Steps[0]?.Status.State ?? "";
      if (/FAILED|CANCELLED|INTERRUPTED/.test(state)) throw new Error(`the step is ${state}`);
      if (state === "COMPLETED") break;
      await sleep(20);
    }
    const ms = performance.now() - began;
    await emr(ours, "TerminateJobFlows", { JobFlowIds: [JobFlowId] }).catch(() => {});
    return ms;
  };
  const [mine, base]: [number[], number[]] = [[], []];
  for (let run = 0; run <= runs; run++) {
    const [b, m] = [await plain(), await rehearsed()];
    if (run === 0) continue;
    base.push(b / 1000);
    mine.push(m / 1000);
    await sleep(2000);
  }
  row(
    "RunJobFlow to COMPLETED, s, against the step's program alone",
    spread(mine, 2),
    spread(base, 2),
    `+${(median(mine) - median(base)).toFixed(2)} s`,
    "≤ 2 s",
  );
}

const text = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${runs} interleaved runs of ${seconds} s with ${CONNECTIONS} connections, medians (least–most), ${new Date().toISOString().slice(0, 10)}

| what | mayfly | without it | figure | reach |
|---|---|---|---|---|
${rows.join("\n")}
`;
console.log(`\n${text}`);
if (process.argv.includes("--save")) writeFileSync(join(import.meta.dirname, "rehearsal.md"), text);
