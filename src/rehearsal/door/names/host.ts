import { refuse } from "../problem.ts";
import { type Asked, hasTwice, headerOf } from "../request.ts";

/** The bucket that a virtual-hosted address names, as `my.bucket.localhost` does; undefined for a plain one. */
export type HostBucket = string | undefined;

const PLAIN = /^(?:127\.0\.0\.1|localhost)$/;
/** `s3.` may stand between, as S3's own addresses have it. */
const VIRTUAL = /^([a-z0-9][a-z0-9.-]*?)(?:\.s3(?:[.-][a-z0-9-]+)?)?\.localhost$/;

/**
 * Only names that mean this machine: a page in a browser that makes its own name resolve to the
 * loopback (DNS rebinding) sends that name, and is not let in.
 */
export function readHost(asked: Asked, port: number): HostBucket {
  const host = headerOf(asked, "host");
  if (host === undefined || hasTwice(asked, "host")) {
    throw refuse("wrongHost", "A request names its host once.");
  }
  const [, name = "", given] = /^([^:]+)(?::(\d+))?$/.exec(host.toLowerCase()) ?? [];
  if (given === undefined ? port !== 80 : Number(given) !== port) throw wrong(host);
  if (PLAIN.test(name)) return undefined;
  if (/^s3(?:[.-][a-z0-9-]+)?\.localhost$/.test(name)) return undefined;
  const bucket = VIRTUAL.exec(name)?.[1];
  if (bucket === undefined) throw wrong(host);
  return bucket;
}

function wrong(host: string) {
  return refuse(
    "wrongHost",
    `This rehearsal is not "${host}": it answers to 127.0.0.1 and localhost.`,
  );
}
