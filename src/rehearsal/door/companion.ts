import { Agent, type IncomingMessage, request as open } from "node:http";
import { type Asked, headerOf } from "./request.ts";
import type { Claim } from "./signature/claim.ts";
import { isLinkV2 } from "./signature/link-v2.ts";

/** Where the companion listens: behind the door, on the loopback, checking no signature but that it is we who ask. */
export interface Companion {
  port: number;
  secret: string;
  agent: Agent;
}

export function companionAt(port: number, secret = ""): Companion {
  // It closes idle connections after 75 s; we are faster.
  return { port, secret, agent: new Agent({ keepAlive: true, maxSockets: 128, timeout: 60_000 }) };
}

/** What only we say to it; of a client's request all that begins so is left out. */
export const SECRET = "x-mayfly-secret";

/** About one connection, or said again by us. */
const OWN =
  /^(?:host|connection|keep-alive|proxy-.*|te|trailer|upgrade|expect|transfer-encoding|authorization|x-amz-security-token|forwarded|x-forwarded-.*|x-mayfly-.*)$/;
const LINK = /^X-Amz-(?:Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)=/;
const LINK_V2 = /^(?:AWSAccessKeyId|Signature|Expires|x-amz-security-token)=/;

export interface Passed {
  asked: Asked;
  claim: Claim;
  /** Encoded, as the signature covers it. */
  path: string;
  /** What the companion shall call itself in the addresses that it hands out. */
  host: string;
}

/** The same request to the companion; its body is the caller's to write. */
export function openPassed({ asked, claim, path, host }: Passed, companion: Companion) {
  const { port, agent, secret } = companion;
  const isS3 = claim.scope.service === "s3";
  const headers: string[] = ["host", host, SECRET, secret];
  for (const [name, value] of asked.headers) {
    // What a service is asked to do stands in this header; S3 has none, and the companion would look there first.
    if (OWN.test(name) || (isS3 && name === "x-amz-target")) continue;
    headers.push(name, value);
  }
  const { day, region, service } = claim.scope;
  // It takes the account, the region and the service from here, and believes them.
  headers.push(
    "authorization",
    `AWS4-HMAC-SHA256 Credential=${claim.accessKey}/${day}/${region}/${service}/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`,
  );
  if (claim.token !== undefined) headers.push("x-amz-security-token", claim.token);
  if (headerOf(asked, "content-length") === undefined) headers.push("content-length", "0");
  const signing = isLinkV2(asked) ? LINK_V2 : LINK;
  const query = asked.query.split("&").filter((part) => !signing.test(part));
  return open({
    host: "127.0.0.1",
    port,
    agent,
    method: asked.method,
    path: query.join("&") === "" ? path : `${path}?${query.join("&")}`,
    headers,
    setHost: false,
  });
}

/** The headers of its answer, but for those about the connection. */
export function answerHeaders(answer: IncomingMessage): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2) {
    const name = answer.rawHeaders[i] ?? "";
    if (/^(?:connection|keep-alive|transfer-encoding|server)$/i.test(name)) continue;
    kept.push(name, answer.rawHeaders[i + 1] ?? "");
  }
  return kept;
}
