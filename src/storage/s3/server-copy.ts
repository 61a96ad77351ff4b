import { MayflyError } from "../../base/errors.ts";
import { inParallel } from "../parallel.ts";
import type { Item, WriteOptions } from "../store.ts";
import type { S3Client } from "./client.ts";
import { abortUpload, beginUpload, completeUpload, uploadHeaders } from "./multipart.ts";
import { text } from "./xml.ts";

/** One request copies at most 5 GB; of what is larger each copies a part. */
const MOST_AT_ONCE = 5e9;
const COPY_PART = 1024 ** 3;
const PARTS_AT_ONCE = 6;

interface Target {
  client: S3Client;
  bucket: string;
  key: string;
}

/** A copy that S3 makes by itself. */
export async function serverCopy(
  fromBucket: string,
  item: Item,
  to: Target,
  options: WriteOptions,
): Promise<void> {
  const { client, bucket, key } = to;
  const name = `/${fromBucket}/${item.path}`.split("/").map(encodeURIComponent).join("/");
  const source = {
    "x-amz-copy-source": name,
    ...(item.etag ? { "x-amz-copy-source-if-match": `"${item.etag}"` } : {}),
  };
  const put = async (query: Record<string, string>, headers: Record<string, string>) => {
    const { text: xml } = await client.send({
      method: "PUT",
      bucket,
      key,
      query,
      headers: { ...source, ...headers },
      signal: options.signal,
    });
    const etag = text(xml, "ETag");
    if (etag !== undefined) return etag;
    throw new MayflyError(
      "cluster",
      `cannot copy to "s3://${bucket}/${key}": ${text(xml, "Message") ?? xml}`,
    );
  };
  if (item.bytes <= MOST_AT_ONCE) {
    await put({}, uploadHeaders("", options));
    options.moved?.(item.bytes);
    return;
  }
  const uploadId = await beginUpload(to, options);
  try {
    const etags: string[] = [];
    const starts: number[] = [];
    for (let start = 0; start < item.bytes; start += COPY_PART) starts.push(start);
    await inParallel(starts, PARTS_AT_ONCE, async (start) => {
      const end = Math.min(item.bytes, start + COPY_PART);
      const number = start / COPY_PART;
      const query = { partNumber: String(number + 1), uploadId };
      etags[number] = await put(query, { "x-amz-copy-source-range": `bytes=${start}-${end - 1}` });
      options.moved?.(end - start);
    });
    await completeUpload(to, uploadId, item.bytes, etags);
  } catch (error) {
    await abortUpload(to, uploadId);
    throw error;
  }
}
