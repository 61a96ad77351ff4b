import type { IncomingMessage, ServerResponse } from "node:http";
import { otherCall, s3Call } from "../faults/rules/operation.ts";
import type { AwsRequest } from "../service.ts";
import { forward } from "./forward.ts";
import { learnFrom } from "./learn.ts";
import { readHost } from "./names/host.ts";
import { otherPath } from "./names/others.ts";
import { checkKeysInBody, namesKeysInBody, s3Path } from "./names/s3.ts";
import { refuse } from "./problem.ts";
import { answerError } from "./refusal.ts";
import { replyTo, wholeAnswer } from "./reply.ts";
import { type Asked, headerOf, readAsked } from "./request.ts";
import { isS3, sha256 } from "./signature/canonical.ts";
import { type Claim, readClaim } from "./signature/claim.ts";
import { isLinkV2, verifyLinkV2 } from "./signature/link-v2.ts";
import { checkedBody, checkedWhole, readWhole } from "./signature/payload.ts";
import { type Verified, verify } from "./signature/verify.ts";
import type { DoorWish, Limits } from "./wish.ts";

export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** The client sends its body only when told to. */
  waits: boolean;
}

type Wish = DoorWish & { limits: Limits };

export async function handle(exchange: Exchange, wish: Wish): Promise<void> {
  const { request, response } = exchange;
  const asked = readAsked(request);
  let service: string | undefined;
  try {
    const hostBucket = readHost(asked, wish.port);
    const now = (wish.now ?? Date.now)();
    if (isLinkV2(asked)) {
      service = "s3";
      const verified = verifyLinkV2(asked, hostBucket, wish.keys, now);
      return await handleS3(asked, verified, hostBucket, exchange, wish);
    }
    const claim = readClaim(asked);
    service = claim.scope.service;
    if (!isS3(service)) return await handleOther(asked, claim, exchange, wish);
    const verified = verify(asked, claim, wish.keys, now);
    await handleS3(asked, verified, hostBucket, exchange, wish);
  } catch (error) {
    await answerError(error, service, asked, request, response, !exchange.waits);
  }
}

async function handleS3(
  asked: Asked,
  verified: Verified,
  hostBucket: string | undefined,
  exchange: Exchange,
  { limits, companion, port, onChange, faults }: Wish,
): Promise<void> {
  const { request, response } = exchange;
  checkSize(asked, limits.objectBytes);
  const path = s3Path(asked, hostBucket);
  const met = await faults?.meet(() => s3Call(asked, hostBucket), response);
  const reply = replyTo(response);
  const answer = met ? met.reply(reply) : reply;
  const passed = { asked, claim: verified.claim, path, host: `localhost:${port}` };
  // Objects are on the disk at once; what is said of a bucket is not.
  if (asked.method !== "GET" && /^\/\/[^/]*$/.test(path)) onChange?.();
  const namesKeys = namesKeysInBody(asked);
  const size = Number(headerOf(asked, "content-length") ?? 0);
  goOn(exchange, limits);
  if (size > SMALL && !namesKeys) {
    const body = checkedBody(request, asked, verified);
    return await forward(passed, body, response, companion, answer);
  }
  const whole = await checkedWhole(request, asked, verified, namesKeys ? limits.bodyBytes : SMALL);
  if (namesKeys) checkKeysInBody(whole);
  await forward(passed, whole, response, companion, answer);
}

/** Bytes that are not worth streaming. */
const SMALL = 256 * 1024;

async function handleOther(
  asked: Asked,
  claim: Claim,
  exchange: Exchange,
  { keys, now = Date.now, limits, companion, port, services, onChange, faults }: Wish,
): Promise<void> {
  const { request, response } = exchange;
  const { service } = claim.scope;
  checkSize(asked, limits.bodyBytes);
  goOn(exchange, limits);
  const body = await readWhole(request, limits.bodyBytes);
  verify(asked, claim, keys, now(), sha256(body));
  const ours = Object.hasOwn(services, service) ? services[service] : undefined;
  const path = ours ? asked.path : otherPath(asked, service);
  const met = await faults?.meet(() => otherCall(service, asked, body), response);
  const reply = replyTo(response);
  const answer = met ? met.reply(reply) : reply;
  if (ours) {
    const answering = met ? met.service(ours) : ours;
    return await answer(wholeAnswer(await answering.handle(requestOf(asked, claim, body))));
  }
  const passed = { asked, claim, path, host: `localhost:${port}` };
  await forward(passed, body, response, companion, answer, learnFrom(service, body, keys));
  onChange?.();
  for (const one of Object.values(services)) one.heard?.(service, body);
}

function requestOf(
  { method, path, query, headers }: Asked,
  { scope, accessKey }: Claim,
  body: Buffer,
): AwsRequest {
  return {
    service: scope.service,
    region: scope.region,
    accessKey,
    method,
    path,
    query,
    // Of a name that stands there twice, the first one.
    headers: Object.fromEntries([...headers].reverse()),
    body,
  };
}

function checkSize(asked: Asked, most: number): void {
  const size = Number(headerOf(asked, "content-length") ?? 0);
  if (size <= most) return;
  throw refuse("tooLarge", "Your proposed upload exceeds the maximum allowed size", {
    ProposedSize: String(size),
    MaxSizeAllowed: String(most),
  });
}

/** From here on the body is read, and has to keep coming. */
function goOn(exchange: Exchange, { idleMs }: Limits): void {
  const { request, response } = exchange;
  if (exchange.waits) response.writeContinue();
  exchange.waits = false;
  request.setTimeout(idleMs, () => {
    if (!request.complete) request.destroy(refuse("tooSlow", "No byte came in time."));
  });
  request.once("end", () => request.setTimeout(0));
}
