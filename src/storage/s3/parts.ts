import { MayflyError } from "../../base/errors.ts";

/** Up to this an object is written in one request, and read in one. */
export const PART = 8 * 1024 * 1024;

export function isMd5(etag: string | undefined): boolean {
  return /^[0-9a-f]{32}$/.test(etag ?? "");
}

/** S3's user guide, "Checking object integrity": with these the ETag is no MD5 of the content. */
export function isOpaque(headers: Record<string, string>): boolean {
  return (
    /^aws:kms/.test(headers["x-amz-server-side-encryption"] ?? "") ||
    headers["x-amz-server-side-encryption-customer-algorithm"] !== undefined
  );
}

/** One that grows is not cut off at what it was. */
export async function requireEnd(
  handle: { read: (b: Buffer, o: number, l: number, p: number) => Promise<{ bytesRead: number }> },
  size: number,
  file: string,
): Promise<void> {
  const { bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, size);
  if (bytesRead > 0)
    throw new MayflyError("refused", `cannot read "${file}": it became longer while it was read`);
}

/** A file that shrinks while it is read is told, not padded. */
export async function readFully(
  handle: { read: (b: Buffer, o: number, l: number, p: number) => Promise<{ bytesRead: number }> },
  buffer: Buffer,
  at: number,
  file: string,
): Promise<void> {
  for (let done = 0; done < buffer.length; ) {
    const { bytesRead } = await handle.read(buffer, done, buffer.length - done, at + done);
    if (bytesRead === 0)
      throw new MayflyError(
        "refused",
        `cannot read "${file}": it became shorter while it was read`,
      );
    done += bytesRead;
  }
}
