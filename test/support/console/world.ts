import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RehearsalView } from "../../../src/console/api.ts";
import { type Console, openConsole } from "../../../src/console/console.ts";
import { up } from "../../../src/engine/clusters/up.ts";
import { smallAthena } from "../query/small-athena.ts";
import { type Gate, startSmallAws } from "../servers/small-aws.ts";
import { makeProject } from "./project.ts";
import { makeSpare } from "./spare.ts";

const REHEARSAL: RehearsalView = {
  ...{ name: "default", running: true, endpoint: "http://127.0.0.1:4566", speed: 1, unsafe: false },
  ...{ since: Date.now() - 754_000, memory: 93e6 },
  buckets: [{ name: "results", objects: 12, bytes: 34_000 }],
  faults: [{ kind: "throttle", struck: 2 }],
};

const PRICE = {
  product: { attributes: { instanceType: "m9.xlarge" } },
  terms: {
    OnDemand: { a: { priceDimensions: { b: { unit: "Hrs", pricePerUnit: { USD: "0.321" } } } } },
  },
  publicationDate: "2026-11-01",
};

/** As Glue tells of a table over a folder. */
const WORDS = {
  Name: "words",
  Parameters: { classification: "csv" },
  StorageDescriptor: {
    Location: "s3://data/words/",
    Columns: [
      { Name: "n", Type: "bigint" },
      { Name: "word", Type: "string" },
      { Name: "at", Type: "timestamp" },
    ],
  },
  partitions: [],
};

/** Of AWS's price list: one type on demand, and nothing else. */
const pricing = (_: string, body: Buffer) => {
  const known = /m9\.xlarge/.test(String(body)) && /AmazonEC2/.test(String(body));
  return {
    status: 200,
    body: JSON.stringify({ PriceList: known ? [JSON.stringify(PRICE)] : [] }),
  };
};

/** A console of a project with all that it can show: runs in every state, a cluster, a rehearsal. */
export async function makeWorld() {
  const root = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  const before = process.env.XDG_STATE_HOME;
  process.env.XDG_STATE_HOME = join(root, "state");
  const project = join(root, "demo");
  mkdirSync(project);
  makeProject(project);
  const athena = smallAthena();
  athena.databases.set("demo", { input: { Name: "demo" }, tables: new Map([["words", WORDS]]) });
  const gate: Gate = {};
  const aws = await startSmallAws({}, gate, { services: { pricing, ...athena.services } });
  // What is removed of caches and kept of prices is the test's own.
  const own = { MAYFLY_CACHE: join(root, "cache"), XDG_CONFIG_HOME: join(root, "config") };
  const env = { ...process.env, ...aws.env, ...own };
  const spare = makeSpare(join(root, "state"), project);
  const { signal } = new AbortController();
  await up({ name: "lab", on: "small", cwd: project, env, signal }, () => {});
  const open = (port = 0, liveS3 = false): Promise<Console> =>
    openConsole({
      ...{ project, env, port },
      files: { cwd: project, liveS3, aws: { env } },
      rehearsals: async () => [REHEARSAL],
    });
  return {
    ...{ root, project, env, aws, athena, gate, open },
    async close() {
      spare.end();
      await aws.close();
      if (before === undefined) delete process.env.XDG_STATE_HOME;
      else process.env.XDG_STATE_HOME = before;
      rmSync(root, { recursive: true, force: true });
    },
  };
}
