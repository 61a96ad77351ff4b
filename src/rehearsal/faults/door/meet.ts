import type { ServerResponse } from "node:http";
import { Instead, type Reply } from "../../door/reply.ts";
import type { AwsRequest, Service } from "../../service.ts";
import { OWN_SERVICE } from "../control/asked.ts";
import type { FaultBook, Strike } from "../faults.ts";
import { KIND_NAMES, kindOf } from "../rules/kinds.ts";
import type { Call } from "../rules/operation.ts";
import type { Rule } from "../rules/rule.ts";
import { openCreated } from "./created.ts";
import { lost, slow, truncated } from "./replies.ts";
import { isSpecial, problemOf, specialProblem } from "./words.ts";

/** A request as it meets what is rehearsed to go wrong with it. */
export interface Met {
  /** What becomes of its answer. */
  reply(reply: Reply): Reply;
  /** Who of ours answers it. */
  service(ours: Service): Pick<Service, "handle">;
}

export interface DoorFaults {
  /** Throws what the client gets in place of an answer. */
  meet(call: () => Call, response: ServerResponse): Promise<Met | undefined>;
}

const AT_REQUESTS = KIND_NAMES.filter((name) => kindOf(name).at !== "cluster");
const READ = /^(?:Get|List|Describe|Head)/;
/** S3 API reference: those whose answer may begin before all is done. */
const LONG = /^(?:CompleteMultipartUpload|CopyObject|UploadPartCopy)$/;

export function doorFaults(
  book: FaultBook,
  account: string,
  now: () => number = Date.now,
): DoorFaults {
  const created = openCreated(now);
  /** By service: how it answered before its last change, and when that was. */
  const past = new Map<string, { answer: Service["handle"]; at: number }>();

  const applies = (call: Call) => (rule: Rule, ms: number) => {
    if (isSpecial(rule.kind)) return specialProblem(rule.kind, call) !== undefined;
    if (rule.kind === "error-in-200") return LONG.test(call.operation);
    if (rule.kind === "not-found") return created.problem(call, ms) !== undefined;
    if (rule.kind !== "stale-read") return true;
    const before = past.get(call.service);
    return READ.test(call.operation) && before !== undefined && now() - before.at < ms;
  };

  /** What is done with nothing, or before anything is done. */
  const refuseBy = async (strike: Strike, call: Call, response: ServerResponse) => {
    const { kind } = strike.rule;
    const problem =
      kind === "not-found"
        ? created.problem(call, strike.ms)
        : (specialProblem(kind, call) ?? problemOf(kind, call, account));
    if (problem) {
      strike.land(problem.own?.[0] ?? problem.problem);
      throw problem;
    }
    if (kind === "bad-gateway") {
      strike.land("502");
      throw new Instead({ status: 502, headers: { "content-type": "text/html" }, body: GATEWAY });
    }
    if (kind !== "reset-before" && kind !== "hang") return;
    strike.land();
    if (kind === "hang") await untilGone(response, strike.ms);
    throw new Instead();
  };

  const replyBy = (strike: Strike | undefined, reply: Reply, response: ServerResponse): Reply => {
    if (strike?.rule.kind === "slow") return slow(strike, reply, response);
    if (strike?.rule.kind === "reset-after") return lost(strike, response);
    if (strike?.rule.kind === "truncated") return truncated(strike, response);
    return reply;
  };

  return {
    async meet(describe, response) {
      if (book.list().length === 0) return undefined;
      const call = describe();
      const { service, operation, bucket = undefined, key = undefined } = call;
      if (service === OWN_SERVICE) return undefined;
      const about = { service, operation, ...(bucket ? { bucket } : {}), ...(key ? { key } : {}) };
      const strike = book.aim(AT_REQUESTS, about, applies(call));
      // Whatever it was to strike has failed by itself.
      if (strike) response.once("close", strike.miss);
      if (strike) await refuseBy(strike, call, response);
      return {
        reply(reply) {
          const next = replyBy(strike, reply, response);
          return book.has("not-found") ? created.watch(call, next) : next;
        },
        service(ours) {
          const before = past.get(service);
          if (strike?.rule.kind === "stale-read" && before) {
            strike.land();
            return { handle: before.answer };
          }
          if (READ.test(operation) || !book.has("stale-read") || !ours.remember) return ours;
          const answer = ours.remember();
          return {
            async handle(asked: AwsRequest) {
              const said = await ours.handle(asked);
              if (said.status < 300) past.set(service, { answer, at: now() });
              return said;
            },
          };
        },
      };
    },
  };
}

/** As a load balancer of AWS's says it; it knows nothing of the service's protocol. */
const GATEWAY =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";

function untilGone(response: ServerResponse, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms).unref();
    response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
