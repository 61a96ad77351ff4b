import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { MayflyError } from "../../base/errors.ts";
import { inParallel } from "../parallel.ts";
import type { WriteOptions } from "../store.ts";
import { type S3Client, S3Error } from "./client.ts";
import { PART, readFully } from "./parts.ts";
import { listParts, openRecord } from "./resume.ts";
import { escapeXml, text } from "./xml.ts";

/** S3 takes as many parts of an object, and no more. */
const MOST_PARTS = 10_000;
/** What lies in memory of one file. */
const MOST_BYTES = 6 * PART;

interface Target {
  client: S3Client;
  bucket: string;
  key: string;
}

export interface Upload extends Target {
  handle: FileHandle;
  size: number;
  options: WriteOptions;
}

/**
 * An object in parts: whole under its name, or, when anything fails, not at all and nothing left behind.
 * A process that was killed leaves its parts: the next call to the same key goes on from there.
 */
export async function uploadParts(upload: Upload): Promise<void> {
  const { client, bucket, key, size, options } = upload;
  const partSize = Math.max(PART, Math.ceil(size / MOST_PARTS));
  const { mtimeMs } = await upload.handle.stat();
  // Of another file, or cut in another way, the parts there are of no use.
  const cut = `${size} ${mtimeMs} ${partSize} ${JSON.stringify(uploadHeaders(key, options))}`;
  const record = openRecord(client, bucket, key);
  // Where S3 cannot be asked it is left, and remembered for the next call; mayfly fs leftovers finds it as well.
  const end = async (uploadId: string) => {
    if (await abortUpload(upload, uploadId)) record?.remove();
  };
  const { left } = record ?? {};
  let known = left?.cut === cut ? await listParts(client, bucket, key, left.uploadId) : undefined;
  if (left && left.cut !== cut) await end(left.uploadId);
  let uploadId = left?.uploadId ?? "";
  if (!known) {
    uploadId = await beginUpload(upload, options);
    known = new Map();
  }
  record?.write(uploadId, cut);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  try {
    const etags = await sendParts(upload, partSize, uploadId, known, signal);
    const after = await upload.handle.stat();
    if (after.size !== size || after.mtimeMs !== mtimeMs)
      throw new MayflyError(
        "refused",
        `cannot write "s3://${bucket}/${key}": the file changed while it was read`,
        "copy it again when nobody writes to it",
      );
    await completeUpload(upload, uploadId, size, etags);
    record?.remove();
  } catch (error) {
    stop.abort();
    await end(uploadId);
    // S3 may just have been putting together what the killed call had sent to the end.
    if (left && error instanceof S3Error && error.said === "NoSuchUpload")
      return uploadParts(upload);
    throw error;
  }
}

export async function beginUpload(
  { client, bucket, key }: Target,
  options: WriteOptions,
): Promise<string> {
  const headers = uploadHeaders(key, options);
  const query = { uploads: "" };
  const { text: begun } = await client.send({ method: "POST", bucket, key, query, headers });
  return text(begun, "UploadId") ?? "";
}

/**
 * False where it may still be there. S3's documents: parts on their way while an upload is aborted may
 * still arrive, so that it may have to be aborted again.
 */
export async function abortUpload(
  { client, bucket, key }: Target,
  uploadId: string,
): Promise<boolean> {
  try {
    for (let i = 0; i < 3; i++) {
      await client.send({ method: "DELETE", bucket, key, query: { uploadId } });
      if (!(await listParts(client, bucket, key, uploadId))) return true;
    }
    return false;
  } catch (error) {
    return error instanceof S3Error && error.status === 404;
  }
}

async function sendParts(
  { client, bucket, key, handle, size, options }: Upload,
  partSize: number,
  uploadId: string,
  known: Map<number, string>,
  signal: AbortSignal,
): Promise<string[]> {
  const etags: string[] = [];
  const buffers: Buffer[] = [];
  const numbers = Array.from({ length: Math.ceil(size / partSize) }, (_, i) => i + 1);
  const atOnce = Math.max(1, Math.floor(MOST_BYTES / partSize));
  await inParallel(numbers, atOnce, async (number) => {
    const start = (number - 1) * partSize;
    const length = Math.min(partSize, size - start);
    const whole = buffers.pop() ?? Buffer.allocUnsafe(partSize);
    const body = whole.subarray(0, length);
    await readFully(handle, body, start, key);
    const md5 = createHash("md5").update(body).digest();
    const there = known.get(number);
    if (there === md5.toString("hex")) etags[number - 1] = `"${there}"`;
    else {
      const { headers } = await client.send({
        method: "PUT",
        bucket,
        key,
        query: { partNumber: String(number), uploadId },
        headers: { "content-md5": md5.toString("base64") },
        body,
        signal,
        pace: options.pace,
      });
      etags[number - 1] = headers.etag ?? "";
    }
    buffers.push(whole);
    options.moved?.(length);
  });
  return etags;
}

export async function completeUpload(
  { client, bucket, key }: Target,
  uploadId: string,
  size: number,
  etags: string[],
): Promise<void> {
  const parts = etags
    .map(
      (etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
    )
    .join("");
  let done = "";
  try {
    const answer = await client.send({
      method: "POST",
      bucket,
      key,
      query: { uploadId },
      body: `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts}</CompleteMultipartUpload>`,
      headers: { "content-type": "application/xml" },
    });
    done = answer.text;
  } catch (error) {
    // Asked again because the first answer was lost, S3 may say that it knows of no such upload any more.
    if (!(error instanceof S3Error && error.said === "NoSuchUpload")) throw error;
    const { headers } = await client.send({ method: "HEAD", bucket, key });
    const whole = Number(headers["content-length"]) === size;
    if (whole && headers.etag?.includes(`-${etags.length}`)) return;
    throw error;
  }
  // Its status is sent before the work is done: an error may stand in the body of a success.
  if (text(done, "ETag") === undefined) {
    throw new MayflyError(
      "cluster",
      `cannot write "s3://${bucket}/${key}": ${text(done, "Message") ?? "S3 did not put its parts together"}`,
      "try it again",
    );
  }
}

const TYPES: Record<string, string> = {
  html: "text/html",
  txt: "text/plain",
  csv: "text/csv",
  json: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
  pdf: "application/pdf",
};

export function uploadHeaders(path: string, options: WriteOptions): Record<string, string> {
  const type = options.contentType ?? TYPES[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ""];
  return {
    ...(path === "" ? {} : { "content-type": type ?? "application/octet-stream" }),
    ...(options.storageClass ? { "x-amz-storage-class": options.storageClass } : {}),
    ...(options.encryption ? { "x-amz-server-side-encryption": options.encryption } : {}),
    ...(options.kmsKey ? { "x-amz-server-side-encryption-aws-kms-key-id": options.kmsKey } : {}),
  };
}
