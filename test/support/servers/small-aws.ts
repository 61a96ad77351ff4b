import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../../src/base/clock.ts";
import { openEmr } from "../../../src/rehearsal/emr/emr.ts";
import type { Nodes } from "../../../src/rehearsal/emr/life.ts";
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
  close(): Promise<void>;
}

/** Whether one with this access key may come in, and its answer go out; as long as it does not settle, neither does. */
export type Gate = (accessKey: string) => Promise<boolean>;

export const ACCOUNT = "123456789012";
export const CALLER = `arn:aws:iam::${ACCOUNT}:user/somebody`;

/**
 * As much of AWS as a cluster's life needs, in this process: EMR as the rehearsal answers it, with machines that do
 * nothing, an S3 of a map, a small EC2, STS that knows one caller. For what a real rehearsal would take minutes to show.
 */
export async function startSmallAws(
  nodes: Partial<Nodes> = {},
  { clock, gate }: { clock?: Clock; gate?: Gate } = {},
): Promise<SmallAws> {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  const emr = openEmr({
    ...{ folder, nodes: { ...quietNodes, ...nodes }, startMs: 1 },
    ...(clock ? { clock } : {}),
    where: { region: "us-east-1", account: ACCOUNT },
    bucket: { put: async () => {}, link: async (uri) => uri },
  });
  const asked: string[] = [];
  const objects = new Map<string, Buffer>();
  const buckets = new Set<string>();
  const times = new Map<string, number>();
  const ec2 = smallEc2();

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const [, region = "", service = ""] =
      /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
    const target = String(request.headers["x-amz-target"] ?? "");
    const action = /^Action=(\w+)/.exec(body.toString("utf8", 0, 80))?.[1];
    const operation = target.split(".").at(-1) || action || `${request.method} ${request.url}`;
    asked.push(`${service} ${operation}`);
    const [, who = ""] = /Credential=([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
    // A request's way here, and its answer's way back.
    if (gate) {
      if (!(await gate(who))) return refuse(response);
      const end = response.end.bind(response) as (said?: string | Buffer) => void;
      response.end = ((said?: string | Buffer) => {
        void gate(who).then((open) => (open ? end(said) : response.destroy()));
        return response;
      }) as typeof response.end;
    }
    if (service === "elasticmapreduce") {
      const answer = await emr.handle({
        ...{ service, region, accessKey: "AKIAEXAMPLE", method: "POST", path: "/", query: "" },
        headers: { "x-amz-target": target },
        body,
      });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } else if (service === "sts") {
      response.end(
        `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${CALLER}</Arn><UserId>A</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
      );
    } else if (service === "ec2" || service === "iam") {
      const { status, text } = ec2.answer(new URLSearchParams(body.toString()));
      response.writeHead(status).end(text);
    } else answerS3(request, body, response, { objects, buckets, times });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  return {
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_REGION: "us-east-1",
    },
    asked,
    objects,
    ec2,
    put(key, body) {
      objects.set(key, Buffer.from(body));
      times.set(key, Date.now());
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await emr.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const refuse = (response: ServerResponse) =>
  void response.writeHead(403).end('{"__type":"AccessDeniedException"}');

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

interface S3Content {
  objects: Map<string, Buffer>;
  buckets: Set<string>;
  times: Map<string, number>;
}

/** Path-style S3: buckets are made and listed, objects put, looked at, listed and removed. */
function answerS3(
  { method, url = "/" }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  { objects, buckets, times }: S3Content,
): void {
  const { pathname, searchParams } = new URL(url, "http://s3");
  const path = decodeURIComponent(pathname.slice(1));
  const slash = path.indexOf("/");
  const isBucket = slash < 0 || slash === path.length - 1;
  if (path === "") {
    const all = [...buckets].map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join("");
    response.end(`<ListAllMyBucketsResult><Buckets>${all}</Buckets></ListAllMyBucketsResult>`);
  } else if (isBucket && method === "PUT") {
    buckets.add(path.replace("/", ""));
    response.end();
  } else if (isBucket) {
    const prefix = `${path.replace("/", "")}/${searchParams.get("prefix") ?? ""}`;
    const found = [...objects].filter(([key]) => key.startsWith(prefix)).sort();
    const contents = found.map(
      ([key, { length }]) =>
        `<Contents><Key>${key.slice(key.indexOf("/") + 1)}</Key><Size>${length}</Size><LastModified>${new Date(times.get(key) ?? 0).toISOString()}</LastModified><ETag>"e"</ETag></Contents>`,
    );
    response.end(`<ListBucketResult>${contents.join("")}</ListBucketResult>`);
  } else if (method === "PUT") {
    objects.set(path, body);
    times.set(path, Date.now());
    response.setHeader("etag", `"${createHash("md5").update(body).digest("hex")}"`).end();
  } else if (method === "DELETE") {
    objects.delete(path);
    response.writeHead(204).end();
  } else {
    const found = objects.get(path);
    if (!found) response.writeHead(404).end("<Error><Code>NoSuchKey</Code></Error>");
    else {
      response.setHeader("etag", `"${createHash("md5").update(found).digest("hex")}"`);
      response.setHeader("content-length", found.length).end(method === "HEAD" ? "" : found);
    }
  }
}
