import type { Session } from "../../aws/session.ts";
import { EMPTY, encode, presign, queryText, signHeaders, UNSIGNED } from "../../aws/sign.ts";
import { type Clock, systemClock } from "../../base/clock.ts";
import { MayflyError } from "../../base/errors.ts";
import type { Answer, Sink } from "../http/answer.ts";
import { openHttp } from "../http/http.ts";
import { text } from "./xml.ts";

export interface S3Request {
  method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  bucket?: string;
  key?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
  signal?: AbortSignal | undefined;
  /** Before each piece of the body, where there is a limit of bytes in a second. */
  pace?: ((bytes: number) => Promise<void> | undefined) | undefined;
}

/** One conversation with S3, or with what speaks its protocol. */
export interface S3Client {
  /**
   * Answers that are no success come as an error of {@link S3Error}. With a `sink` the body goes there as it
   * comes, and nothing is tried again once it has begun.
   */
  send(request: S3Request, sink?: Sink): Promise<Answer>;
  /** An address at which anybody can read an object, for so long. */
  link(bucket: string, key: string, seconds: number): Promise<string>;
  /** Where it was asked first; a bucket may live elsewhere. */
  region: string;
  /** The endpoint; empty for AWS itself. */
  where: string;
  close(): void;
}

/** What S3 has said, by its own code. */
export class S3Error extends MayflyError {
  readonly said: string;
  readonly status: number;
  constructor(said: string, status: number, mayfly: MayflyError) {
    super(mayfly.code, mayfly.message, mayfly.remedy);
    this.said = said;
    this.status = status;
  }
}

const ATTEMPTS = 6;
/** From region to region. */
const MOST_MOVES = 3;
const RETRIED = new Set([
  "SlowDown",
  "InternalError",
  "ServiceUnavailable",
  "RequestTimeout",
  "RequestTimeTooSkewed",
  "Throttling",
  "503",
  "500",
  "502",
  "504",
  "429",
]);

/** `always` are headers of every request. */
export async function openS3(
  session: Session,
  always: Record<string, string> = {},
  clock: Clock = systemClock,
): Promise<S3Client> {
  const http = openHttp(session.certificates);
  const credentials = await session.credentials();
  const endpoint = session.endpoint("s3");
  const regions = new Map<string, string>();
  /** The clock of the other side, against ours. */
  let skew = 0;

  /** Signed, for the region where the bucket is. */
  const prepare = async (asked: S3Request) => {
    const region = regions.get(asked.bucket ?? "") ?? session.region;
    const { origin, path } = address(asked, region, endpoint);
    const query = asked.query ?? {};
    const unsigned = {
      method: asked.method,
      host: new URL(origin).host,
      path,
      query,
      headers: { ...always, ...asked.headers },
      payload: asked.body === undefined || asked.body.length === 0 ? EMPTY : UNSIGNED,
    };
    const scope = { region, service: "s3", now: new Date(clock.now() + skew) };
    // The session renews them before they end.
    const who = credentials && (await session.credentials());
    const headers = who
      ? signHeaders(unsigned, who, scope)
      : { ...unsigned.headers, host: unsigned.host };
    const words = queryText(query);
    // Not by a URL: that would take the .. out of a key.
    const { method, body, signal, pace } = asked;
    return { method, origin, path: words ? `${path}?${words}` : path, headers, body, signal, pace };
  };

  /** Again where S3 or the network asks for it, and somewhere else where the bucket is. */
  const send = async (asked: S3Request, sink?: Sink): Promise<Answer> => {
    let begun = false;
    const counted =
      sink &&
      ((piece: Buffer, headers: Record<string, string>) => {
        begun = true;
        return sink(piece, headers);
      });
    let moves = 0;
    let renewed = false;
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await http.send(await prepare(asked), counted);
        if (answer.status < 300) return answer;
        const code = text(answer.text, "Code") ?? String(answer.status);
        const region = answer.headers["x-amz-bucket-region"] ?? text(answer.text, "Region");
        if (
          region &&
          asked.bucket &&
          regions.get(asked.bucket) !== region &&
          isElsewhere(code, answer.status) &&
          moves++ < MOST_MOVES
        ) {
          regions.set(asked.bucket, region);
          continue;
        }
        // Somebody may have signed in again since they were read.
        if (code === "ExpiredToken" && !renewed && session.forget) {
          renewed = true;
          session.forget();
          continue;
        }
        if (code === "RequestTimeTooSkewed" && answer.headers.date)
          skew = Date.parse(answer.headers.date) - clock.now();
        if (attempt >= ATTEMPTS || !(RETRIED.has(code) || answer.status >= 500))
          throw failure(asked, code, answer.status, text(answer.text, "Message"));
      } catch (error) {
        if (error instanceof MayflyError) throw error;
        if (asked.signal?.aborted) throw new MayflyError("interrupted", "interrupted");
        if (begun) throw error;
        if (attempt >= ATTEMPTS) throw unreachable(asked, endpoint, error);
      }
      await clock.sleep(Math.random() * Math.min(20_000, 100 * 2 ** attempt), asked.signal);
    }
  };

  return {
    send,
    async link(bucket, key, seconds) {
      const who = await session.credentials();
      if (!who) {
        throw new MayflyError(
          "usage",
          `cannot make a link to "s3://${bucket}/${key}" without a name`,
          "leave --no-sign-request out",
        );
      }
      const region = regions.get(bucket) ?? session.region;
      const { origin, path } = address({ method: "GET", bucket, key }, region, endpoint);
      const host = new URL(origin).host;
      const asked = { method: "GET", host, path, query: {}, headers: {}, payload: UNSIGNED };
      const scope = { region, service: "s3", now: new Date(clock.now() + skew) };
      return `${origin}${presign(asked, who, scope, seconds)}`;
    },
    region: session.region,
    where: endpoint ?? "",
    close: () => http.close(),
  };
}

/** AWS names a bucket in its host, where that is a name for a host; everybody else in the path. */
function address(
  { bucket, key }: S3Request,
  region: string,
  endpoint: string | undefined,
): { origin: string; path: string } {
  const keyPath = key === undefined ? "" : key.split("/").map(encode).join("/");
  if (endpoint !== undefined) {
    const { origin, pathname } = new URL(endpoint);
    const base = pathname.replace(/\/+$/, "");
    return {
      origin,
      path: `${base}${bucket === undefined ? "/" : `/${encode(bucket)}/${keyPath}`}`,
    };
  }
  const host = `s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
  if (bucket === undefined) return { origin: `https://${host}`, path: "/" };
  return /^[a-z0-9][a-z0-9-]+[a-z0-9]$/.test(bucket)
    ? { origin: `https://${bucket}.${host}`, path: `/${keyPath}` }
    : { origin: `https://${host}`, path: `/${encode(bucket)}/${keyPath}` };
}

function isElsewhere(code: string, status: number): boolean {
  return (
    [301, 307, 400].includes(status) &&
    [
      "PermanentRedirect",
      "TemporaryRedirect",
      "AuthorizationHeaderMalformed",
      "IllegalLocationConstraintException",
      "301",
      "400",
    ].includes(code)
  );
}

function failure(
  asked: S3Request,
  code: string,
  status: number,
  message = `status ${status}`,
): S3Error {
  const what =
    asked.bucket === undefined
      ? "S3"
      : `s3://${asked.bucket}${asked.key === undefined ? "" : `/${asked.key}`}`;
  const attempted = `${{ GET: "read", HEAD: "look at", PUT: "write", POST: "write", DELETE: "remove" }[asked.method]} "${what}"`;
  const say = (kind: ConstructorParameters<typeof MayflyError>[0], remedy?: string) =>
    new S3Error(
      code,
      status,
      new MayflyError(kind, `cannot ${attempted}: ${message} (${code})`, remedy),
    );
  if (code === "NoSuchBucket")
    return say("not-found", `mayfly fs ls s3:// lists the buckets there are`);
  if (status === 404) return say("not-found");
  if (
    ["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"].includes(code)
  )
    return say(
      "permission",
      "these credentials are not (any more) known there: aws sts get-caller-identity says whose they are",
    );
  if (status === 403)
    return say(
      "permission",
      "the caller needs the permission for it, or the data is public: --no-sign-request",
    );
  if (status === 412) return say("refused", "it has changed meanwhile: try it again");
  if (status === 400 || status === 409) return say("refused");
  return say("cluster", "S3 has failed several times; try again later");
}

const isLocal = (endpoint: string) => new URL(endpoint).hostname === "127.0.0.1";

function unreachable(asked: S3Request, endpoint: string | undefined, error: unknown): MayflyError {
  const why =
    error instanceof Error
      ? `${error.message || (error as NodeJS.ErrnoException).code}`
      : String(error);
  return new MayflyError(
    "offline",
    `cannot reach ${endpoint ?? "S3"} for "s3://${asked.bucket ?? ""}": ${why}`,
    endpoint
      ? `is it running at that address?${isLocal(endpoint) ? " A rehearsal that was stopped: mayfly rehearsal start" : ""}`
      : "is there a network?",
    error,
  );
}
