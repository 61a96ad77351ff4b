import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  close(): Promise<void>;
}

export const ACCOUNT = "123456789012";
export const CALLER = `arn:aws:iam::${ACCOUNT}:user/somebody`;

/**
 * As much of AWS as a cluster's life needs, in this process: EMR as the rehearsal answers it, with machines that do
 * nothing, an S3 of a map, a small EC2, STS that knows one caller. For what a real rehearsal would take minutes to show.
 */
export async function startSmallAws(nodes: Partial<Nodes> = {}): Promise<SmallAws> {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  const emr = openEmr({
    ...{ folder, nodes: { ...quietNodes, ...nodes }, startMs: 1 },
    where: { region: "us-east-1", account: ACCOUNT },
    bucket: { put: async () => {}, link: async (uri) => uri },
  });
  const asked: string[] = [];
  const objects = new Map<string, Buffer>();
  const buckets = new Set<string>();
  const ec2 = smallEc2();

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const [, region = "", service = ""] =
      /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
    const target = String(request.headers["x-amz-target"] ?? "");
    const action = /^Action=(\w+)/.exec(body.toString("utf8", 0, 80))?.[1];
    const operation = target.split(".").at(-1) || action || `${request.method} ${request.url}`;
    asked.push(`${service} ${operation}`);
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
    } else answerS3(request, body, response, { objects, buckets });
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
    async close() {
      server.close();
      server.closeAllConnections();
      await emr.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

/** Path-style S3: buckets are made and listed, objects put, looked at, listed and removed. */
function answerS3(
  { method, url = "/" }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  { objects, buckets }: { objects: Map<string, Buffer>; buckets: Set<string> },
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
        `<Contents><Key>${key.slice(key.indexOf("/") + 1)}</Key><Size>${length}</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag></Contents>`,
    );
    response.end(`<ListBucketResult>${contents.join("")}</ListBucketResult>`);
  } else if (method === "PUT") {
    objects.set(path, body);
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
