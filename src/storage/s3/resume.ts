import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { readIfThere, writeAtomic } from "../../base/files.ts";
import { stateFolder } from "../../base/places.ts";
import { identify, isAlive, parseProcess } from "../../base/processes.ts";
import { type S3Client, S3Error } from "./client.ts";
import { elements, text } from "./xml.ts";

/** Which upload of ours to this key is open on S3; what a killed one has sent need not be sent again. */
export interface UploadRecord {
  /** An upload that a process has begun which is gone now. */
  left?: { uploadId: string; cut: string };
  /** `cut` is which file, and how it is cut into parts. */
  write(uploadId: string, cut: string): void;
  remove(): void;
}

/** Undefined while another process writes the same key. */
export function openRecord(
  client: S3Client,
  bucket: string,
  key: string,
): UploadRecord | undefined {
  const name = createHash("sha256").update(`${client.where}\n${bucket}\n${key}`).digest("hex");
  const path = join(stateFolder(), "uploads", `${name.slice(0, 32)}.json`);
  const said = readIfThere(path);
  const holder = parseProcess(said);
  if (holder && isAlive(holder)) return undefined;
  const remove = () => rmSync(path, { force: true });
  return {
    ...(holder ? readLeft(said) : {}),
    remove,
    write(uploadId, cut) {
      const me = JSON.stringify({ ...identify(process.pid), uploadId, cut, bucket, key });
      try {
        writeAtomic(path, me, 0o600);
      } catch {
        // Where nothing can be written the next call begins anew.
      }
    },
  };
}

function readLeft(said = ""): Pick<UploadRecord, "left"> {
  const { uploadId, cut } = JSON.parse(said) as Record<string, unknown>;
  return typeof uploadId === "string" && typeof cut === "string" ? { left: { uploadId, cut } } : {};
}

/** What S3 has of an upload: ETags by part number; undefined where it does not know it any more. */
export async function listParts(
  client: S3Client,
  bucket: string,
  key: string,
  uploadId: string,
): Promise<Map<number, string> | undefined> {
  const parts = new Map<number, string>();
  let marker: string | undefined;
  do {
    try {
      const { text: xml } = await client.send({
        method: "GET",
        bucket,
        key,
        query: { uploadId, ...(marker === undefined ? {} : { "part-number-marker": marker }) },
      });
      for (const part of elements(xml, "Part"))
        parts.set(Number(text(part, "PartNumber")), (text(part, "ETag") ?? "").replaceAll('"', ""));
      marker = text(xml, "IsTruncated") === "true" ? text(xml, "NextPartNumberMarker") : undefined;
    } catch (error) {
      if (error instanceof S3Error && error.status === 404) return undefined;
      throw error;
    }
  } while (marker !== undefined);
  return parts;
}
