import { type Clock, systemClock } from "../base/clock.ts";
import { type ErrorCode, MayflyError } from "../base/errors.ts";
import { post } from "./post.ts";
import type { Session } from "./session.ts";

/** A service of AWS that speaks the protocol awsJson1.1, by the name in its signatures. */
export interface JsonService {
  service: string;
  /** What stands before the operation in `x-amz-target`. */
  target: string;
  /** What its hosts begin with, where that is not its name. */
  host?: string;
}

export interface AskOptions {
  /** Done twice it makes two: never asked again where nobody knows whether it was done. */
  once?: boolean;
  signal?: AbortSignal | undefined;
}

export type AskJson = <T>(operation: string, input: object, options?: AskOptions) => Promise<T>;

/** A refusal of the service, by its own code and in its words. */
export class AwsRefusal extends MayflyError {
  readonly said: string;
  readonly status: number;
  constructor(operation: string, said: string, status: number, message: string) {
    const [code, remedy] = meaningOf(said);
    super(code, `AWS refused ${operation}: ${message || "it says no more"} (${said})`, remedy);
    this.said = said;
    this.status = status;
  }
}

function meaningOf(said: string): [ErrorCode, string | undefined] {
  if (/ExpiredToken|TokenRefresh/.test(said))
    return ["permission", "sign in again: the session is over"];
  if (/AccessDenied|Unauthorized/.test(said))
    return [
      "permission",
      "ask whoever gives permissions in this account, or use another --profile",
    ];
  if (
    /UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature/.test(
      said,
    )
  )
    return ["permission", "are the keys right? aws sts get-caller-identity tells"];
  return ["cluster", undefined];
}

/** It may have been done, and it may not: the reply was lost. */
export class LostReply extends MayflyError {
  constructor(operation: string, why: string) {
    super(
      "offline",
      `the answer of AWS to ${operation} was lost: ${why}`,
      "whether it was done is not known",
    );
  }
}

const TRIES = 6;
const TIMEOUT_MS = 60_000;
const THROTTLED = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/;

/**
 * One signed POST an operation. What is refused for coming too often was not done, and is asked again whatever it is; after a
 * 5xx, or an answer that did not come whole, only what may be done twice is.
 */
export function askJson(
  session: Session,
  { service, target, host = service }: JsonService,
  clock: Clock = systemClock,
): AskJson {
  const endpoint =
    session.endpoint(service === "elasticmapreduce" ? "emr" : service) ??
    `https://${host}.${session.region}.amazonaws.com`;
  const url = new URL(endpoint);
  /** What our clock lacks, as far as answers have told. */
  let behind = 0;

  const once = (operation: string, body: string, signal: AbortSignal | undefined) => {
    const late = AbortSignal.timeout(TIMEOUT_MS);
    return post(session, {
      ...{ service, url, asks: `for ${operation}`, body, now: clock.now() + behind },
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `${target}.${operation}`,
      },
      signal: signal ? AbortSignal.any([signal, late]) : late,
    });
  };

  return async <T>(operation: string, input: object, options: AskOptions = {}): Promise<T> => {
    const { once: onlyOnce = false, signal } = options;
    const body = JSON.stringify(input);
    for (let tried = 1; ; tried++) {
      const again = async () => {
        if (tried >= TRIES) return false;
        // With jitter: several clients do not come back at once.
        await clock.sleep(Math.min(5000, 200 * 2 ** tried) * (0.5 + Math.random() / 2), signal);
        return !signal?.aborted;
      };
      let lost: string;
      try {
        const { status, text, date } = await once(operation, body, signal);
        if (status === 200) {
          const said = parse(text);
          if (said !== undefined) return said as T;
          lost = "half an answer came";
        } else {
          const refusal = refusalOf(operation, status, text);
          if (THROTTLED.test(refusal.said) && (await again())) continue;
          // The service's clock is the one that counts.
          if (isSkew(refusal) && tried === 1 && date) {
            behind = date - clock.now();
            continue;
          }
          if (status < 500) throw refusal;
          lost = refusal.message;
        }
      } catch (error) {
        if (error instanceof MayflyError || signal?.aborted) throw error;
        const { cause, message } = error as Error & { cause?: { message?: string } };
        lost = cause?.message ?? message;
      }
      if (onlyOnce) throw new LostReply(operation, lost);
      if (!(await again()))
        throw new MayflyError(
          "offline",
          `cannot ask ${service} for ${operation}: ${lost}`,
          `${url.host} was asked ${tried} times; try again later`,
        );
    }
  };
}

function parse(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function refusalOf(operation: string, status: number, text: string): AwsRefusal {
  const said = (parse(text) ?? {}) as { __type?: string; message?: string; Message?: string };
  const code = said.__type?.split("#").at(-1) ?? `HTTP ${status}`;
  return new AwsRefusal(
    operation,
    code,
    status,
    said.message ?? said.Message ?? text.slice(0, 200),
  );
}

const isSkew = ({ said, message }: AwsRefusal) =>
  /RequestTimeTooSkewed|RequestExpired/.test(said) ||
  /Signature (?:not yet current|expired)/.test(message);
