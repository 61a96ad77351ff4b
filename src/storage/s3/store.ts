import { createHash, type Hash } from "node:crypto";
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { open, stat as statFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { MayflyError } from "../../base/errors.ts";
import { temporaryFor } from "../folder-store.ts";
import { inParallel } from "../parallel.ts";
import type { Item, Store, WriteOptions } from "../store.ts";
import { type S3Client, S3Error } from "./client.ts";
import { listObjects } from "./list.ts";
import { uploadHeaders, uploadParts } from "./multipart.ts";
import { isMd5, PART, readFully } from "./parts.ts";
import { elements, escapeXml, text } from "./xml.ts";

const PARTS_AT_ONCE = 6;
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
      const { headers, body } = await client.send({ method: "HEAD", bucket, key });
      await body.dump();
      return {
        path: key,
        kind: "file",
        bytes: Number(headers["content-length"] ?? 0),
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

    list: (path, recursive) => listObjects(client, bucket, path, recursive),

    async stat(path) {
      if (path !== "" && !path.endsWith("/")) {
        const item = await head(path);
        if (item) return item;
      }
      const folder = path === "" || path.endsWith("/") ? path : `${path}/`;
      const { text: xml } = await client.sendText({
        method: "GET",
        bucket,
        query: { "list-type": "2", prefix: folder, "max-keys": "1" },
      });
      const there = path === "" || elements(xml, "Contents").length > 0;
      return there ? { path: folder, kind: "folder", bytes: 0, modified: 0 } : undefined;
    },

    async read(path, range) {
      const bytes = range && `bytes=${range.start}-${range.end === undefined ? "" : range.end - 1}`;
      const headers = bytes ? { range: bytes } : {};
      const { body } = await client.send({ method: "GET", bucket, key: path, headers });
      return body as unknown as Readable;
    },

    async put(path, file, options = {}) {
      const { size } = await statFile(file);
      const handle = await open(file, "r");
      try {
        if (size > PART) {
          return await uploadParts(client, bucket, path, handle, size, PARTS_AT_ONCE, options);
        }
        const body = Buffer.allocUnsafe(size);
        await readFully(handle, body, 0, file);
        const md5 = createHash("md5").update(body).digest();
        const headers = {
          ...uploadHeaders(path, options),
          "content-md5": md5.toString("base64"),
        };
        const answer = await client.send({
          method: "PUT",
          bucket,
          key: path,
          body,
          headers,
          signal: options.signal,
        });
        await answer.body.dump();
        options.moved?.(size);
      } finally {
        await handle.close();
      }
    },

    async get(item, file, options = {}) {
      mkdirSync(dirname(file), { recursive: true });
      const temporary = temporaryFor(file);
      const target = openSync(temporary, "w", 0o644);
      try {
        const parts: { start: number; end: number }[] = [];
        for (let start = 0; start < item.bytes; start += PART)
          parts.push({ start, end: Math.min(item.bytes, start + PART) });
        const whole = parts.length === 1 ? createHash("md5") : undefined;
        await inParallel(parts, PARTS_AT_ONCE, (part) =>
          getPart(item, part, target, whole, options),
        ).finally(() => closeSync(target));
        const md5 = whole?.digest("hex");
        if (md5 && isMd5(item.etag) && md5 !== item.etag)
          throw new MayflyError(
            "cluster",
            `cannot read "${uri(item.path)}": what came has another checksum (${md5}) than the object (${item.etag})`,
            "try it again",
          );
        renameSync(temporary, file);
      } catch (error) {
        rmSync(temporary, { force: true });
        throw error;
      }
    },

    async copyFrom(from, item, path, options = {}) {
      const source = from as Partial<S3Store>;
      // One request copies at most 5 GB; what is larger goes through here.
      if (source.client !== client || source.bucket === undefined || item.bytes > 5e9) return false;
      const name = `/${source.bucket}/${item.path}`.split("/").map(encodeURIComponent).join("/");
      const { text: xml } = await client.sendText({
        method: "PUT",
        bucket,
        key: path,
        headers: { ...uploadHeaders("", options), "x-amz-copy-source": name },
      });
      if (text(xml, "ETag") === undefined)
        throw new MayflyError(
          "cluster",
          `cannot copy to "${uri(path)}": ${text(xml, "Message") ?? xml}`,
        );
      options.moved?.(item.bytes);
      return true;
    },

    async remove(paths) {
      const failed: { path: string; reason: string }[] = [];
      for (let i = 0; i < paths.length; i += MOST_REMOVED) {
        const keys = paths.slice(i, i + MOST_REMOVED);
        const body = `<Delete><Quiet>true</Quiet>${keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`).join("")}</Delete>`;
        const md5 = createHash("md5").update(body).digest("base64");
        const { text: xml } = await client.sendText({
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
      const answer = await client.send({ method: "PUT", bucket, key, body: "" });
      await answer.body.dump();
    },
  };

  /** From where it broke off, a few times: the client has no second try once an answer has begun. */
  const getPart = async (
    item: Item,
    part: { start: number; end: number },
    target: number,
    hash: Hash | undefined,
    options: WriteOptions,
  ): Promise<void> => {
    let at = part.start;
    for (let attempt = 1; at < part.end; attempt++) {
      try {
        const { body } = await client.send({
          method: "GET",
          bucket,
          key: item.path,
          headers: {
            range: `bytes=${at}-${part.end - 1}`,
            // Parts of two objects must not become one file.
            ...(item.etag ? { "if-match": `"${item.etag}"` } : {}),
          },
          signal: options.signal,
        });
        for await (const chunk of body as AsyncIterable<Buffer>) {
          writeSync(target, chunk, 0, chunk.length, at);
          hash?.update(chunk);
          at += chunk.length;
          options.moved?.(chunk.length);
        }
        if (at < part.end) throw new Error("the answer ended early");
      } catch (error) {
        const known =
          error instanceof MayflyError || (error as NodeJS.ErrnoException).code === "ENOSPC";
        if (known || attempt >= 5 || options.signal?.aborted) throw error;
      }
    }
  };

  return store;
}
