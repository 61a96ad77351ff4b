import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before } from "node:test";
import { type Cluster, DescribeClusterCommand, EMRClient } from "@aws-sdk/client-emr";
import { eventually } from "../eventually.ts";
import { AWS_CLI, type PythonTools, pythonTools } from "../python-tools.ts";
import { buckets } from "./buckets.ts";
import { FAST } from "./fast.ts";
import { type Ran, rehearsalWorld, runProgram } from "./world.ts";

export type ClientWorld = ReturnType<typeof clientWorld>;

/**
 * A rehearsal for the tests of a file, with aws-cli and with packages from PyPI that know nothing of it but the environment
 * which `start` prints; with a profile, not even that.
 */
export function clientWorld({ packages = [] as string[], profile = "" } = {}) {
  const world = rehearsalWorld();
  const env: NodeJS.ProcessEnv = { ...world.env, HOME: world.path, PYTHONDONTWRITEBYTECODE: "1" };
  let said: Record<string, string> = {};
  let cli: PythonTools;
  let tools: PythonTools;
  const start = async () => {
    cli = await pythonTools(AWS_CLI);
    tools = packages.length > 0 ? await pythonTools(...packages) : cli;
    said = await world.start(...(profile ? ["--profile", profile] : []));
    if (!profile) Object.assign(env, said);
  };
  const started = start();
  before(() => started);
  after(() => world.remove());

  const program = ({ python, env: { PYTHONPATH } }: PythonTools, args: string[], folder = "") =>
    runProgram(python, args, {
      cwd: join(world.path, folder),
      env: { ...env, PYTHONPATH },
    });
  const awsCli = (args: string[]) =>
    program(cli, ["-m", "awscli", ...args, ...(profile ? ["--profile", profile] : [])]);
  /** For the AWS SDK for JavaScript. */
  const sdk = () => ({
    endpoint: said.AWS_ENDPOINT_URL ?? "",
    region: said.AWS_REGION ?? "",
    credentials: {
      accessKeyId: said.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: said.AWS_SECRET_ACCESS_KEY ?? "",
    },
  });

  const found = {
    ...world,
    ...buckets(sdk),
    env,
    sdk,
    /** Before the tests. Hooks of a file begin all at once: this one does when the rehearsal runs. */
    prepare: (work: () => unknown) => before(() => started.then(work)),
    files(all: Record<string, string>) {
      for (const [name, text] of Object.entries(all)) {
        mkdirSync(dirname(join(world.path, name)), { recursive: true });
        writeFileSync(join(world.path, name), text);
      }
    },
    /** Python with the packages, in the world's folder or one below it. */
    python: (args: string[], folder?: string): Promise<Ran> => program(tools, args, folder),
    async aws(...args: string[]): Promise<string> {
      const ran = await awsCli(args);
      assert.equal(ran.code, 0, `aws ${args.join(" ")}: ${ran.err}`);
      return ran.out.trim();
    },
    /** Why aws-cli ended as it should not. */
    async refused(...args: string[]): Promise<string> {
      const ran = await awsCli(args);
      assert.notEqual(ran.code, 0, `aws ${args.join(" ")}: ${ran.out}`);
      return ran.err.trim();
    },
    async asked<T>(...args: string[]): Promise<T> {
      return JSON.parse(await found.aws(...args, "--output", "json")) as T;
    },
    /** A cluster made by aws-cli. */
    async create(...args: string[]): Promise<string> {
      const { ClusterId } = await found.asked<{ ClusterId: string }>(
        ...["emr", "create-cluster", "--release-label", "emr-7.12.0", "--use-default-roles"],
        ...["--instance-type", "m5.xlarge", "--configurations", JSON.stringify(FAST), ...args],
      );
      return ClusterId;
    },
    /** Waits for a cluster's state; aws-cli's own waiters look once in 30 seconds. */
    async until(ClusterId: string, ...states: string[]): Promise<Cluster> {
      const emr = new EMRClient(sdk());
      return eventually(`${ClusterId} ${states}`, async () => {
        const { Cluster } = await emr.send(new DescribeClusterCommand({ ClusterId }));
        const { State = "", StateChangeReason } = Cluster?.Status ?? {};
        if (states.includes(State)) return Cluster;
        assert.doesNotMatch(State, /^TERMINATED/, StateChangeReason?.Message);
        return undefined;
      });
    },
  };
  return found;
}

/** What a program printed, when it ended well. */
export function ran({ code, out, err }: Ran): string {
  if (code !== 0) throw new Error(`exit code ${code}\n${out}\n${err}`);
  return out;
}
