import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { MayflyError } from "../../base/errors.ts";
import { inParallel } from "../parallel.ts";
import type { WriteOptions } from "../store.ts";
import type { S3Client } from "./client.ts";
import { PART, readFully } from "./parts.ts";
import { escapeXml, text } from "./xml.ts";

/** S3 takes as many parts of an object, and no more. */
const MOST_PARTS = 10_000;

/** An object in parts: whole under its name, or, when anything fails, not at all and nothing left behind. */
export async function uploadParts(
  client: S3Client,
  bucket: string,
  key: string,
  handle: FileHandle,
  size: number,
  atOnce: number,
  options: WriteOptions,
): Promise<void> {
  const partSize = Math.max(PART, Math.ceil(size / MOST_PARTS));
  const { text: begun } = await client.sendText({
    method: "POST",
    bucket,
    key,
    query: { uploads: "" },
    headers: uploadHeaders(key, options),
  });
  const uploadId = text(begun, "UploadId") ?? "";
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const etags: string[] = [];
  const buffers: Buffer[] = [];
  try {
    const numbers = Array.from({ length: Math.ceil(size / partSize) }, (_, i) => i + 1);
    await inParallel(numbers, atOnce, async (number) => {
      const start = (number - 1) * partSize;
      const length = Math.min(partSize, size - start);
      const whole = buffers.pop() ?? Buffer.allocUnsafe(partSize);
      const body = whole.subarray(0, length);
      await readFully(handle, body, start, key);
      const md5 = createHash("md5").update(body).digest();
      const answer = await client.send({
        method: "PUT",
        bucket,
        key,
        query: { partNumber: String(number), uploadId },
        headers: { "content-md5": md5.toString("base64") },
        body,
        signal,
      });
      await answer.body.dump();
      etags[number - 1] = answer.headers.etag ?? "";
      buffers.push(whole);
      options.moved?.(length);
    });
    const parts = etags
      .map(
        (etag, i) =>
          `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
      )
      .join("");
    const { text: done } = await client.sendText({
      method: "POST",
      bucket,
      key,
      query: { uploadId },
      body: `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts}</CompleteMultipartUpload>`,
      headers: { "content-type": "application/xml" },
    });
    // Its status is sent before the work is done: an error may stand in the body of a success.
    if (text(done, "ETag") === undefined) {
      throw new MayflyError(
        "cluster",
        `cannot write "s3://${bucket}/${key}": ${text(done, "Message") ?? "S3 did not put its parts together"}`,
        "try it again",
      );
    }
  } catch (error) {
    stop.abort();
    await client
      .send({ method: "DELETE", bucket, key, query: { uploadId } })
      .then(({ body }) => body.dump())
      .catch(() => {}); // what is left is found by mayfly fs uploads
    throw error;
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
