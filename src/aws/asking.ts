import { type Clock, systemClock } from "../base/clock.ts";
import { type ErrorCode, MayflyError } from "../base/errors.ts";
import { type Posted, post } from "./post.ts";
import type { Session } from "./session.ts";

export interface AskOptions {
  /** Done twice it makes two: never asked again where nobody knows whether it was done. */
  once?: boolean;
  signal?: AbortSignal | undefined;
}

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

/** What is so already needs not be done. */
export function unless(...codes: string[]) {
  return (error: unknown): undefined => {
    if (!(error instanceof AwsRefusal && codes.includes(error.said))) throw error;
    return undefined;
  };
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

/** What a protocol of AWS says about a service: where it is, how it is asked and how it answers. */
export interface Protocol {
  /** Its name in signatures. */
  service: string;
  url: URL;
  /** Of the signature, where it is not the session's: a service for all regions has one of its own. */
  region?: string;
  headers(operation: string): Record<string, string>;
  /** Undefined for what is not whole. */
  parse(text: string): unknown;
  refusal(text: string): { said?: string | undefined; message?: string | undefined };
}

const TRIES = 6;
const TIMEOUT_MS = 60_000;
export const THROTTLED = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/;

/**
 * One signed POST an operation. What is refused for coming too often was not done, and is asked again whatever it is; after a
 * 5xx, or an answer that did not come whole, only what may be done twice is.
 */
export function makeAsk(session: Session, protocol: Protocol, clock: Clock = systemClock) {
  const { service, url, region, parse } = protocol;
  /** What our clock lacks, as far as answers have told. */
  let behind = 0;

  const once = (operation: string, body: string, signal: AbortSignal | undefined) => {
    const late = AbortSignal.timeout(TIMEOUT_MS);
    return post(session, {
      ...{ service, url, asks: `for ${operation}`, body, now: clock.now() + behind },
      ...(region ? { region } : {}),
      headers: protocol.headers(operation),
      signal: signal ? AbortSignal.any([signal, late]) : late,
    });
  };
  const refusalOf = (operation: string, { status, text }: Posted): AwsRefusal => {
    const { said = `HTTP ${status}`, message = text.slice(0, 200) } = protocol.refusal(text);
    return new AwsRefusal(operation, said, status, message);
  };

  return async (operation: string, body: string, options: AskOptions = {}): Promise<unknown> => {
    const { once: onlyOnce = false, signal } = options;
    let renewed = false;
    for (let tried = 1; ; tried++) {
      const again = async () => {
        if (tried >= TRIES) return false;
        // With jitter: several clients do not come back at once.
        await clock.sleep(Math.min(5000, 200 * 2 ** tried) * (0.5 + Math.random() / 2), signal);
        return !signal?.aborted;
      };
      let lost: string;
      try {
        const answer = await once(operation, body, signal);
        if (answer.status === 200) {
          const said = parse(answer.text);
          if (said !== undefined) return said;
          lost = "half an answer came";
        } else {
          const refusal = refusalOf(operation, answer);
          if (THROTTLED.test(refusal.said) && (await again())) continue;
          // The service's clock is the one that counts.
          if (isSkew(refusal) && tried === 1 && answer.date) {
            behind = answer.date - clock.now();
            continue;
          }
          // Somebody may have signed in again since they were read.
          if (isExpired(refusal) && !renewed && session.forget) {
            renewed = true;
            session.forget();
            continue;
          }
          if (answer.status < 500) throw refusal;
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

/** EMR says ExpiredTokenException, S3 ExpiredToken. */
export const isExpired = ({ said }: Pick<AwsRefusal, "said">) =>
  /ExpiredToken|TokenRefresh/.test(said);

const isSkew = ({ said, message }: AwsRefusal) =>
  /RequestTimeTooSkewed|RequestExpired/.test(said) ||
  /Signature (?:not yet current|expired)/.test(message);
