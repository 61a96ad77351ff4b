import type { Leftover } from "../store.ts";
import { type S3Client, S3Error } from "./client.ts";
import { abortUpload } from "./multipart.ts";
import { elements, text } from "./xml.ts";

/** Uploads that were begun and neither completed nor aborted: S3 keeps their parts, and asks money for them. */
export async function* openUploads(
  client: S3Client,
  bucket: string,
  prefix: string,
): AsyncGenerator<Leftover> {
  let marker: Record<string, string> | undefined = {};
  while (marker) {
    const xml: string = await ask(client, bucket, { prefix, ...marker });
    const encoded = text(xml, "EncodingType") === "url";
    for (const one of elements(xml, "Upload")) {
      const key = text(one, "Key") ?? "";
      const path = encoded ? decodeURIComponent(key.replaceAll("+", " ")) : key;
      const uploadId = text(one, "UploadId") ?? "";
      yield {
        path,
        begun: Date.parse(text(one, "Initiated") ?? "") || 0,
        remove: () => abortUpload({ client, bucket, key: path }, uploadId),
      };
    }
    const more: boolean = text(xml, "IsTruncated") === "true";
    marker = more
      ? {
          "key-marker": text(xml, "NextKeyMarker") ?? "",
          "upload-id-marker": text(xml, "NextUploadIdMarker") ?? "",
        }
      : undefined;
  }
}

async function ask(client: S3Client, bucket: string, more: Record<string, string>) {
  const query = { uploads: "", "encoding-type": "url", ...more };
  try {
    return (await client.send({ method: "GET", bucket, query })).text;
  } catch (error) {
    // rclone's server says so where there has never been one.
    if (error instanceof S3Error && error.said === "NoSuchUpload") return "";
    throw error;
  }
}
