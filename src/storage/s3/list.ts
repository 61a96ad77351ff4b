import { MayflyError } from "../../base/errors.ts";
import type { Item } from "../store.ts";
import { noS3, readLength } from "./answers.ts";
import type { S3Client } from "./client.ts";
import { elements, text } from "./xml.ts";

/** ListObjectsV2, a page at a time; the next page is asked for while this one is looked at. */
export async function* listObjects(
  client: S3Client,
  bucket: string,
  prefix: string,
  recursive: boolean,
): AsyncGenerator<Item[]> {
  const ask = (token: string | undefined) =>
    client.send({
      method: "GET",
      bucket,
      query: {
        "list-type": "2",
        "encoding-type": "url",
        prefix,
        ...(recursive ? {} : { delimiter: "/" }),
        ...(token === undefined ? {} : { "continuation-token": token }),
      },
    });
  let next: ReturnType<typeof ask> | undefined = ask(undefined);
  let last: string | undefined;
  while (next) {
    const xml: string = (await next).text;
    const attempted = `list "s3://${bucket}/${prefix}"`;
    // An empty answer of somebody else is no empty folder.
    if (!/<ListBucketResult[\s>]/.test(xml) || !xml.includes("</ListBucketResult>"))
      throw noS3(attempted, `it says "${xml.slice(0, 60)}"`);
    const token = text(xml, "NextContinuationToken");
    if (token !== undefined && token === last)
      throw new MayflyError(
        "cluster",
        `cannot list "s3://${bucket}/${prefix}": the server names the same page again and again`,
      );
    last = token;
    const more = text(xml, "IsTruncated") === "true";
    if (more && token === undefined)
      throw noS3(attempted, "there is more, and it does not say where");
    next = more ? ask(token) : undefined;
    // Asked for ahead: whoever stops looking must not be told of its failure.
    next?.catch(() => {});
    const items = pageOf(xml, attempted);
    const stray = items.find(({ path }) => !path.startsWith(prefix));
    if (stray) throw noS3(attempted, `it names "${stray.path}"`);
    if (items.length > 0) yield items;
  }
}

function pageOf(xml: string, attempted: string): Item[] {
  const encoded = text(xml, "EncodingType") === "url";
  const name = (raw: string) => {
    try {
      return encoded ? decodeURIComponent(raw.replaceAll("+", " ")) : raw;
    } catch {
      throw noS3(attempted, `it names "${raw}"`);
    }
  };
  const folders = elements(xml, "CommonPrefixes").map(
    (one): Item => ({
      path: name(text(one, "Prefix") ?? ""),
      kind: "folder",
      bytes: 0,
      modified: 0,
    }),
  );
  const files = elements(xml, "Contents").map((one): Item => {
    const storageClass = text(one, "StorageClass");
    return {
      path: name(text(one, "Key") ?? ""),
      kind: "file",
      bytes: readLength(text(one, "Size"), attempted),
      modified: Date.parse(text(one, "LastModified") ?? "") || 0,
      etag: text(one, "ETag")?.replaceAll('"', "") ?? "",
      ...(storageClass && storageClass !== "STANDARD" ? { storageClass } : {}),
    };
  });
  return [...folders, ...files];
}
