import { createHash } from "node:crypto";
import { open, stat as statFile } from "node:fs/promises";
import { download } from "../download.ts";
import type { Sink } from "../http/answer.ts";
import { readThrough } from "../http/stream.ts";
import type { Item, Store } from "../store.ts";
import { lengthOf, noS3, requireRange } from "./answers.ts";
import { type S3Client, S3Error } from "./client.ts";
import { listObjects } from "./list.ts";
import { uploadHeaders, uploadParts } from "./multipart.ts";
import { isMd5, isOpaque, PART, readFully, requireEnd } from "./parts.ts";
import { serverCopy } from "./server-copy.ts";
import { openUploads } from "./uploads.ts";
import { elements, escapeXml, text } from "./xml.ts";

/** Characters that XML 1.0 can name. */
const IN_XML = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
/** As many as one request may name. */
const MOST_REMOVED = 1000;

export interface S3Store extends Store {
  bucket: string;
  client: S3Client;
}

export function s3Store(client: S3Client, bucket: string): S3Store {
  const uri = (path: string) => `s3://${bucket}/${path}`;

  const head = async (key: string): Promise<Item | undefined> => {
    try {
      const { headers } = await client.send({ method: "HEAD", bucket, key });
      return {
        path: key,
        kind: "file",
        bytes: lengthOf(headers, uri(key)),
        modified: Date.parse(headers["last-modified"] ?? "") || 0,
        ...(headers.etag ? { etag: headers.etag.replaceAll('"', "") } : {}),
        ...(headers["x-amz-storage-class"] ? { storageClass: headers["x-amz-storage-class"] } : {}),
      };
    } catch (error) {
      if (error instanceof S3Error && error.status === 404) return undefined;
      throw error;
    }
  };

  const store: S3Store = {
    bucket,
    client,
    uri,

    inKeyOrder: true,
    list: (path, recursive) => listObjects(client, bucket, path, recursive),

    async stat(path) {
      if (path !== "" && !path.endsWith("/")) {
        const item = await head(path);
        if (item) return item;
      }
      const folder = path === "" || path.endsWith("/") ? path : `${path}/`;
      const { text: xml } = await client.send({
        method: "GET",
        bucket,
        query: { "list-type": "2", prefix: folder, "max-keys": "1" },
      });
      const there = path === "" || elements(xml, "Contents").length > 0;
      return there ? { path: folder, kind: "folder", bytes: 0, modified: 0 } : undefined;
    },

    read(path, { start, end, etag } = { start: 0 }) {
      const last = end === undefined ? "" : end - 1;
      return readThrough(
        (sink, at) => {
          const headers = {
            ...(at > 0 || last !== "" ? { range: `bytes=${at}-${last}` } : {}),
            ...(etag ? { "if-match": `"${etag}"` } : {}),
          };
          return client.send({ method: "GET", bucket, key: path, headers }, sink);
        },
        start,
        etag !== undefined,
      );
    },

    async put(path, file, options = {}) {
      const { size } = await statFile(file);
      const handle = await open(file, "r");
      try {
        if (size > PART) {
          return await uploadParts({ client, bucket, key: path, handle, size, options });
        }
        const body = Buffer.allocUnsafe(size);
        await readFully(handle, body, 0, file);
        await requireEnd(handle, size, file);
        const md5 = createHash("md5").update(body).digest();
        const headers = {
          ...uploadHeaders(path, options),
          "content-md5": md5.toString("base64"),
        };
        const said = await client.send({
          method: "PUT",
          bucket,
          key: path,
          body,
          headers,
          signal: options.signal,
          pace: options.pace,
        });
        // S3 names what it has taken; anybody else who says "200 OK" has taken nothing.
        if (!said.headers.etag) throw noS3(`write "${uri(path)}"`, "it does not say what it took");
        options.moved?.(size);
      } finally {
        await handle.close();
      }
    },

    get(item, file, options = {}) {
      const receive = async (start: number, end: number, sink: Sink) => {
        const range = {
          range: `bytes=${start}-${end - 1}`,
          // Parts of two objects must not become one file.
          ...(item.etag ? { "if-match": `"${item.etag}"` } : {}),
        };
        const asked = { method: "GET", bucket, key: item.path, headers: range } as const;
        let begun = false;
        const checked: Sink = (piece, said) => {
          if (!begun) requireRange(said, start, uri(item.path), item.bytes);
          begun = true;
          return sink(piece, said);
        };
        const { headers } = await client.send({ ...asked, signal: options.signal }, checked);
        return { md5: isMd5(item.etag) && !isOpaque(headers) ? item.etag : undefined };
      };
      return download({ uri: uri(item.path), receive }, item, file, options);
    },

    async copyFrom(from, item, path, options = {}) {
      const source = from as Partial<S3Store>;
      if (source.client !== client || source.bucket === undefined) return false;
      await serverCopy(source.bucket, item, { client, bucket, key: path }, options);
      return true;
    },

    leftovers: (path) => openUploads(client, bucket, path),

    async partSize(item) {
      const query = { partNumber: "1" };
      const { headers } = await client.send({ method: "HEAD", bucket, key: item.path, query });
      const length = Number(headers["content-length"]);
      // Who does not know the question answers for the whole object.
      return length < item.bytes ? length : undefined;
    },

    async remove(paths) {
      const failed: { path: string; reason: string }[] = [];
      for (let i = 0; i < paths.length; i += MOST_REMOVED) {
        const keys = paths.slice(i, i + MOST_REMOVED);
        for (const key of keys.filter((one) => !IN_XML.test(one))) {
          // XML 1.0 has no word for such a key.
          await client.send({ method: "DELETE", bucket, key });
        }
        const named = keys.filter((one) => IN_XML.test(one));
        if (named.length === 0) continue;
        const body = `<Delete><Quiet>true</Quiet>${named.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`).join("")}</Delete>`;
        const md5 = createHash("md5").update(body).digest("base64");
        const { text: xml } = await client.send({
          method: "POST",
          bucket,
          query: { delete: "" },
          body,
          headers: { "content-md5": md5, "content-type": "application/xml" },
        });
        for (const error of elements(xml, "Error")) {
          failed.push({
            path: text(error, "Key") ?? "",
            reason: `${text(error, "Message")} (${text(error, "Code")})`,
          });
        }
      }
      return failed;
    },

    async makeFolder(path) {
      const key = path.endsWith("/") ? path : `${path}/`;
      await client.send({ method: "PUT", bucket, key, body: "" });
    },
  };

  return store;
}
