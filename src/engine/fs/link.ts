import { MayflyError } from "../../base/errors.ts";
import { notThere } from "../../storage/open.ts";
import { parseUri } from "../../storage/places.ts";
import type { Opened } from "./stores.ts";

/** Signature version 4 allows no more. */
export const LONGEST_LINK = 7 * 24 * 3600;

/** An address for who has no credentials. S3 signs nothing itself: the object is looked for before. */
export async function makeLink(uri: string, seconds: number, stores: Opened): Promise<string> {
  const { scheme, bucket, key: plain, objectKey: key = plain } = parseUri(uri);
  if (scheme !== "s3" || key === "" || !stores.wish.liveS3) {
    throw new MayflyError(
      "usage",
      `cannot make a link to "${uri}": only an object on S3 itself has one`,
      "write s3://BUCKET/KEY, with --live-s3",
    );
  }
  const { store, path } = await stores.at(uri);
  if ((await store.stat(path))?.kind !== "file") throw notThere(uri, "make a link to", stores.wish);
  return (await stores.s3()).link(bucket, key, seconds);
}
