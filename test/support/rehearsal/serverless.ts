import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel } from "../../../src/rehearsal/models/model.ts";
import { demandOf } from "../../../src/rehearsal/serverless/life/capacity.ts";
import type { Machines } from "../../../src/rehearsal/serverless/life/runs.ts";
import { openServerless } from "../../../src/rehearsal/serverless/serverless.ts";
import { sparkSettings } from "../../../src/rehearsal/serverless/workers/settings.ts";
import { fakeClock } from "../fake-clock.ts";

export const ROLE = "arn:aws:iam::123456789012:role/job";

let tokens = 0;

/** A job as the fake machines take it: `ok`, `fails`, `hangs`. */
export const sparkJob = (entryPoint: string, more: object = {}, sparkSubmitParameters = "") => ({
  clientToken: `token-${++tokens}`,
  executionRoleArn: ROLE,
  jobDriver: {
    sparkSubmit: { entryPoint, ...(sparkSubmitParameters ? { sparkSubmitParameters } : {}) },
  },
  ...more,
});

/** What is asked, as a request in the protocol; the model says where a member stands. */
function requestFor(operation: string, asked: Record<string, unknown>) {
  const model = loadModel("emr-serverless");
  const { http, input } = model.operations[operation] ?? {
    http: { method: "GET", requestUri: "/" },
  };
  const query = new URLSearchParams();
  const body: Record<string, unknown> = {};
  let path = http.requestUri;
  for (const [name, value] of Object.entries(asked)) {
    const location = model.shapes[input?.shape ?? ""]?.members?.[name]?.location;
    if (location === "uri") path = path.replace(`{${name}}`, encodeURIComponent(String(value)));
    else if (location !== "querystring") body[name] = value;
    else for (const one of [value].flat()) query.append(name, String(one));
  }
  return {
    service: "emr-serverless",
    region: "eu-west-3",
    accessKey: "AKIA",
    method: http.method,
    path,
    query: query.toString(),
    headers: {},
    body: Buffer.from(http.method === "GET" ? "" : JSON.stringify(body)),
  };
}

/** EMR Serverless without machines, and with a clock that only passes when it is told to. */
export function serverlessWorld(folder: string) {
  const clock = fakeClock();
  const running: ((code: number) => void)[] = [];
  const machines = {
    failFirst: 0,
    /** The job that has run for the longest time ends. */
    end: (code: number) => running.shift()?.(code),
  };
  const fake: Machines = {
    demand: (run, application) => demandOf(sparkSettings(run, application)),
    run: (_, run, attempt, signal, begun) =>
      new Promise((resolve) => {
        begun();
        const name = run.request.jobDriver?.sparkSubmit?.entryPoint;
        const fails = name === "fails" || attempt.number <= machines.failFirst;
        if (name !== "hangs") return resolve(fails ? "it fails" : undefined);
        const end = (code: number) => resolve(code === 0 ? undefined : "it fails");
        running.push(end);
        signal.addEventListener("abort", () => {
          running.splice(running.indexOf(end), 1);
          setImmediate(() => resolve("aborted"));
        });
      }),
  };
  const open = () =>
    openServerless({
      folder,
      machines: fake,
      dashboard: async (_, run, attempt) => `http://dashboard/${run.id}/${attempt.number}`,
      where: { region: "eu-west-3", account: "123456789012" },
      stepMs: 200,
      clock,
    });
  let service = open();
  const send = async (operation: string, asked: object) => {
    const request = requestFor(operation, asked as Record<string, unknown>);
    const { status, headers, body } = await service.handle(request);
    // biome-ignore lint/suspicious/noExplicitAny: each operation answers something else
    const said = JSON.parse(String(body)) as any;
    return { status, type: headers["x-amzn-errortype"], said };
  };
  const world = {
    machines,
    pass: clock.pass,
    async ask(operation: string, asked: object) {
      const { status, said } = await send(operation, asked);
      assert.equal(status, 200, `${operation}: ${JSON.stringify(said)}`);
      return said;
    },
    async refused(operation: string, asked: object) {
      const { status, type, said } = await send(operation, asked);
      assert.ok(status >= 400, `${operation}: ${JSON.stringify(said)}`);
      return [status, type, said.message];
    },
    async create(more: object = {}): Promise<string> {
      const wish = { clientToken: `token-${++tokens}`, type: "SPARK", releaseLabel: "emr-7.12.0" };
      return (await world.ask("CreateApplication", { ...wish, ...more })).applicationId;
    },
    async started(more: object = {}): Promise<string> {
      const applicationId = await world.create(more);
      await clock.pass(200);
      await world.ask("StartApplication", { applicationId });
      await clock.pass(200);
      return applicationId;
    },
    async state(applicationId: string): Promise<string> {
      return (await world.ask("GetApplication", { applicationId })).application.state;
    },
    async restart() {
      await service.close();
      service = open();
    },
    close: () => service.close(),
  };
  return world;
}

export async function withServerless(
  work: (world: ReturnType<typeof serverlessWorld>) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  const world = serverlessWorld(folder);
  try {
    await work(world);
  } finally {
    await world.close();
    rmSync(folder, { recursive: true });
  }
}
