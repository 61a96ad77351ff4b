import { MayflyError } from "../../base/errors.ts";

/** What answers there is not S3, or broken: nothing that it says may be acted upon. */
export function noS3(attempted: string, why: string): MayflyError {
  return new MayflyError(
    "cluster",
    `cannot ${attempted}: what answers there does not answer as S3 does: ${why}`,
    "is a proxy or a login page between here and S3?",
  );
}

/** Bytes of an object, as a whole number that can be counted with. */
export function lengthOf(headers: Record<string, string>, uri: string): number {
  return readLength(headers["content-length"], `look at "${uri}"`);
}

export function readLength(text: string | undefined, attempted: string): number {
  const length = /^\d+$/.test(text ?? "") ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(length)) return length;
  throw noS3(attempted, `it says "${text ?? "nothing"}" of a length`);
}

/** An answer that begins elsewhere would put the right bytes in the wrong place. */
export function requireRange(
  headers: Record<string, string>,
  start: number,
  uri: string,
  bytes: number,
): void {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers["content-range"] ?? "");
  const begins = range ? Number(range[1]) : 0;
  const whole = range && range[2] !== "*" ? Number(range[2]) : bytes;
  if (begins !== start || whole !== bytes)
    throw noS3(`read "${uri}"`, `asked for it from byte ${start}, it sends it from byte ${begins}`);
}
