import { existsSync, mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { MayflyError } from "../../base/errors.ts";
import { bucketFolder, localPath, parseUri } from "../../storage/places.ts";
import { createState } from "../project.ts";
import { remove } from "./remove.ts";
import type { Opened } from "./stores.ts";

/** The S3 user guide's rules for names, as far as they can be seen in one. */
const NAME = /^(?!\d+\.\d+\.\d+\.\d+$|xn--)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/;

function bucketOf(uri: string, attempted: string): string {
  const { scheme, bucket, key } = parseUri(uri);
  if (scheme === "s3" && key === "" && NAME.test(bucket)) return bucket;
  throw new MayflyError(
    "usage",
    `cannot ${attempted} "${uri}"`,
    scheme === "s3" && key === ""
      ? "a bucket's name has 3 to 63 small letters, digits, dots and hyphens"
      : "write s3://BUCKET",
  );
}

export async function makeBucket(uri: string, stores: Opened): Promise<void> {
  const bucket = bucketOf(uri, "make");
  if (stores.wish.liveS3) {
    return (await stores.s3()).makeBucket(bucket);
  }
  const folder = bucketFolder(bucket, stores.wish.roots);
  if (existsSync(folder)) {
    throw new MayflyError("refused", `cannot make "${uri}": it is there already (${folder})`);
  }
  createState(stores.project);
  mkdirSync(localPath(uri, stores.wish.roots, "/"), { recursive: true });
}

export async function removeBucket(uri: string, force: boolean, stores: Opened): Promise<void> {
  const bucket = bucketOf(uri, "remove");
  if (force) {
    const filter = { rules: [] };
    await remove({ uris: [`s3://${bucket}/`], recursive: true, filter }, stores, () => {});
  }
  if (stores.wish.liveS3) {
    return (await stores.s3()).removeBucket(bucket);
  }
  const { roots } = stores.wish;
  if (roots.mounts[bucket] !== undefined) {
    throw new MayflyError(
      "refused",
      `cannot remove "${uri}": it is the folder "${roots.mounts[bucket]}"`,
      "it is mounted in mayfly.yaml; take it out there",
    );
  }
  const folder = bucketFolder(bucket, roots);
  if (!existsSync(folder)) {
    throw new MayflyError(
      "not-found",
      `cannot remove "${uri}": there is no such bucket`,
      "mayfly fs ls s3:// lists those there are",
    );
  }
  if (readdirSync(folder).length > 0) {
    throw new MayflyError(
      "refused",
      `cannot remove "${uri}": it is not empty`,
      "with --force it goes with all that is in it",
    );
  }
  rmdirSync(folder);
}
