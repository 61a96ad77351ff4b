import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../../src/base/clock.ts";
import { freePort } from "../../../src/base/port.ts";
import { companionAt } from "../../../src/rehearsal/door/companion.ts";
import { openDoor } from "../../../src/rehearsal/door/door.ts";
import { makeKeys } from "../../../src/rehearsal/door/keys.ts";
import { openEmr } from "../../../src/rehearsal/emr/emr.ts";
import type { Nodes } from "../../../src/rehearsal/emr/life.ts";
import { doorFaults } from "../../../src/rehearsal/faults/door/meet.ts";
import type { FaultBook } from "../../../src/rehearsal/faults/faults.ts";
import type { Service } from "../../../src/rehearsal/service.ts";
import { nodes as quietNodes } from "../rehearsal/emr.ts";
import { type SmallEc2, smallEc2 } from "./small-ec2.ts";

export interface SmallAws {
  /** What a client needs to speak to it. */
  env: Record<string, string>;
  /** `service operation` of all that was asked, in order. */
  asked: string[];
  /** `bucket/key` of what lies in S3. */
  objects: Map<string, Buffer>;
  ec2: SmallEc2;
  /** As if somebody had put an object just now. */
  put(key: string, body: string): void;
  /** Asks EMR by no way that a gate sees. */
  emr<T>(operation: string, input: object): Promise<T>;
  close(): Promise<void>;
}

/** One request, as whoever stands in its way sees it. */
export interface Asked {
  service: string;
  operation: string;
  /** Of whoever asks. */
  accessKey: string;
  /** It makes, changes or removes something. */
  mutating: boolean;
}

/** Stands in the way of requests; where it says `false` the connection is cut. */
export interface Gate {
  /** Nothing was done yet; it may answer itself. */
  before?(asked: Asked): Promise<boolean | Answered>;
  /** It is done, and the client has not heard of it. */
  handled?(asked: Asked): Promise<boolean>;
  /** The client has the answer. */
  answered?(asked: Asked): Promise<void>;
}

/** Thousands of records are synced: where there is memory that looks like a disk, there. */
export const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

export const ACCOUNT = "123456789012";
export const CALLER = `arn:aws:iam::${ACCOUNT}:user/somebody`;

const KEYS = { accessKey: "AKIAEXAMPLE000000000", secretKey: "secret" };

/**
 * As much of AWS as a cluster's life needs, in this process: EMR as the rehearsal answers it, with machines that do
 * nothing, an S3 of a map, a small EC2, STS that knows one caller. For what a real rehearsal would take minutes to show.
 */
export async function startSmallAws(
  nodes: Partial<Nodes> = {},
  gate: Gate = {},
  wish: {
    hasRoles?: boolean;
    faults?: FaultBook;
    clock?: Clock;
    /** Others, by their names in signatures. */
    services?: Record<string, (operation: string, body: Buffer) => Answered>;
  } = {},
): Promise<SmallAws> {
  const folder = mkdtempSync(join(MEMORY, "mayfly-test-"));
  const emr = openEmr({
    ...{ folder, nodes: { ...quietNodes, ...nodes }, startMs: 1 },
    ...(wish.faults ? { faults: wish.faults } : {}),
    ...(wish.clock ? { clock: wish.clock } : {}),
    where: { region: "us-east-1", account: ACCOUNT },
    bucket: { put: async () => {}, link: async (uri) => uri },
  });
  const asked: string[] = [];
  const objects = new Map<string, Buffer>();
  const buckets = new Set<string>();
  const times = new Map<string, number>();
  const ec2 = smallEc2(wish);

  const askEmr = (target: string, body: Buffer) =>
    emr.handle({
      ...{ service: "elasticmapreduce", region: "us-east-1", accessKey: KEYS.accessKey },
      ...{ method: "POST", path: "/", query: "", headers: { "x-amz-target": target }, body },
    });
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const [, accessKey = "", service = ""] =
      /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
    const target = String(request.headers["x-amz-target"] ?? "");
    const action = /^Action=(\w+)/.exec(body.toString("utf8", 0, 80))?.[1];
    const operation = target.split(".").at(-1) || action || `${request.method} ${request.url}`;
    asked.push(`${service} ${operation}`);
    const mutating = !/^(Describe|List|Get|HEAD )/i.test(operation);
    const call: Asked = { service, operation, accessKey, mutating };
    const instead = await gate.before?.(call);
    if (instead === false) return void request.socket.destroy();
    if (typeof instead === "object")
      return void response.writeHead(instead.status, instead.headers).end(instead.body);
    const said = await answer();
    const { status, headers = {}, body: text } = said;
    if ((await gate.handled?.(call)) === false) return void request.socket.destroy();
    if (gate.answered) response.on("finish", () => void gate.answered?.(call));
    response.writeHead(status, headers).end(text);

    async function answer(): Promise<Answered> {
      if (service === "elasticmapreduce") return askEmr(target, body);
      const other = wish.services?.[service];
      if (other) return other(operation, body);
      if (service === "sts") return { status: 200, body: IDENTITY };
      if (service === "ec2" || service === "iam") {
        const { status, text } = ec2.answer(new URLSearchParams(body.toString()));
        return { status, body: text };
      }
      return answerS3(request, body, { objects, buckets, times });
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port: own } = server.address() as { port: number };
  const door = wish.faults && (await openFaultyDoor(own, emr, wish.faults, asked));
  const port = door?.port ?? own;
  return {
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: KEYS.accessKey,
      AWS_SECRET_ACCESS_KEY: KEYS.secretKey,
      AWS_REGION: "us-east-1",
    },
    asked,
    objects,
    ec2,
    put(key, text) {
      objects.set(key, Buffer.from(text));
      times.set(key, Date.now());
    },
    async emr<T>(operation: string, input: object) {
      const { body } = await askEmr(
        `ElasticMapReduce.${operation}`,
        Buffer.from(JSON.stringify(input)),
      );
      return JSON.parse(String(body)) as T;
    },
    async close() {
      door?.close();
      server.close();
      server.closeAllConnections();
      await emr.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The rehearsal's own door, where its faults are; what is not EMR stands behind it. */
async function openFaultyDoor(behind: number, emr: Service, faults: FaultBook, asked: string[]) {
  const companion = companionAt(behind);
  const heard: Service = {
    ...emr,
    handle(request) {
      asked.push(`elasticmapreduce ${request.headers["x-amz-target"]?.split(".").at(-1)}`);
      return emr.handle(request);
    },
  };
  // It answers to the port that it was told.
  const port = await freePort();
  const door = await openDoor({
    ...{ port, keys: makeKeys(KEYS), companion, faults: doorFaults(faults, ACCOUNT) },
    services: { elasticmapreduce: heard },
  });
  return {
    port,
    close() {
      door.close();
      door.closeAllConnections();
      companion.agent.destroy();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

const IDENTITY = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${CALLER}</Arn><UserId>A</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

export interface Answered {
  status: number;
  headers?: Record<string, string | number>;
  body?: string | Uint8Array;
}

/** An error of AWS, in the protocol of the service that is asked. */
export function refusal(
  { service }: Asked,
  status: number,
  code: string,
  message: string,
): Answered {
  const xml = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  const json = JSON.stringify({ __type: `${code}Exception`, message });
  const body = service === "elasticmapreduce" ? json : xml;
  const wrapped = /^(sts|iam)$/.test(service) ? `<ErrorResponse>${xml}</ErrorResponse>` : body;
  return { status, body: wrapped };
}

const LONG_AGO = Date.UTC(2026, 0, 1);

interface S3Content {
  objects: Map<string, Buffer>;
  buckets: Set<string>;
  /** When each was put; long ago where nobody knows. */
  times: Map<string, number>;
}

/** Path-style S3: buckets are made and listed, objects put, looked at, listed and removed. */
function answerS3(
  { method, url = "/" }: IncomingMessage,
  body: Buffer,
  { objects, buckets, times }: S3Content,
): Answered {
  // The rehearsal's door puts a slash before a bucket's.
  const { pathname, searchParams } = new URL(url.replace(/^\/+/, "/"), "http://s3");
  const path = decodeURIComponent(pathname.slice(1));
  const slash = path.indexOf("/");
  const isBucket = slash < 0 || slash === path.length - 1;
  const etagOf = (bytes: Buffer) => `"${createHash("md5").update(bytes).digest("hex")}"`;
  if (path === "") {
    const all = [...buckets].map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join("");
    return {
      status: 200,
      body: `<ListAllMyBucketsResult><Buckets>${all}</Buckets></ListAllMyBucketsResult>`,
    };
  }
  if (isBucket && method === "PUT") {
    buckets.add(path.replace("/", ""));
    return { status: 200 };
  }
  if (isBucket && method === "POST" && searchParams.has("delete")) {
    const keys = [...body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key);
    for (const key of keys) objects.delete(`${path.replace("/", "")}/${key}`);
    return { status: 200, body: "<DeleteResult/>" };
  }
  if (isBucket) {
    const prefix = `${path.replace("/", "")}/${searchParams.get("prefix") ?? ""}`;
    const found = [...objects].filter(([key]) => key.startsWith(prefix)).sort();
    const contents = found.map(
      ([key, { length }]) =>
        `<Contents><Key>${key.slice(key.indexOf("/") + 1)}</Key><Size>${length}</Size><LastModified>${new Date(times.get(key) ?? LONG_AGO).toISOString()}</LastModified><ETag>"e"</ETag></Contents>`,
    );
    return { status: 200, body: `<ListBucketResult>${contents.join("")}</ListBucketResult>` };
  }
  if (method === "PUT") {
    objects.set(path, body);
    times.set(path, Date.now());
    return { status: 200, headers: { etag: etagOf(body) } };
  }
  if (method === "DELETE") {
    objects.delete(path);
    return { status: 204 };
  }
  const found = objects.get(path);
  if (!found) return { status: 404, body: "<Error><Code>NoSuchKey</Code></Error>" };
  return {
    status: 200,
    headers: { etag: etagOf(found), "content-length": found.length },
    ...(method === "HEAD" ? {} : { body: found }),
  };
}
