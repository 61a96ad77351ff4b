import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { monthOfRemains } from "../../aws/prices/cost.ts";
import { loadPrices } from "../../aws/prices/kept.ts";
import { MayflyError } from "../../base/errors.ts";
import { type Money, unknown } from "../../model/money/money.ts";
import { parseUri } from "../../storage/places.ts";
import { LONGEST_LINK, makeLink } from "../fs/link.ts";
import { type FsOptions, withStores } from "../fs/stores.ts";
import { inFolder } from "../query/temporary.ts";

export interface Published {
  uri: string;
  link: string;
  seconds: number;
  bytes: number;
  perMonth: Money;
  /** Who signed has been given a name for a while only, and the link ends with it. */
  borrowed: boolean;
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `1d`, `12h`: at most what a signature can hold. */
export function readExpiry(text: string): number {
  const [, count = "0", unit = "s"] = /^(\d+)(s|m|h|d)$/.exec(text) ?? [];
  const seconds = Number(count) * (UNITS[unit] ?? 0);
  if (seconds >= 1 && seconds <= LONGEST_LINK) return seconds;
  throw new MayflyError(
    "usage",
    `cannot make a link that ends after "${text}"`,
    "write it as 12h or 1d; seven days, 7d, are the most that S3 allows",
  );
}

/** Looked at before any query is asked. */
export function checkPlace(uri: string, options: FsOptions): void {
  const { scheme, key } = parseUri(uri);
  if (scheme === "s3" && key !== "" && !key.endsWith("/") && options.liveS3) return;
  throw new MayflyError(
    "usage",
    `cannot publish to "${uri}": ${scheme === "s3" && options.liveS3 ? "it names no object" : "only an object on S3 itself has a link"}`,
    "write s3://BUCKET/NAME.html, with --live-s3 (or AWS_ENDPOINT_URL)",
  );
}

/** Whether somebody without any name may read it. */
async function isOpen(uri: string, options: FsOptions): Promise<boolean> {
  const aws = { env: {}, ...options.aws, anonymous: true };
  return withStores({ ...options, aws }, async (stores) => {
    const { store, path } = await stores.at(uri);
    return (await store.stat(path)) !== undefined;
  }).catch(() => false);
}

const isPublic = (uri: string, what: string) =>
  new MayflyError(
    "refused",
    `cannot publish to "${uri}": everyone can read what lies there, without a link; ${what}`,
    "take a private bucket; for a page that is public: mayfly dashboard build, then mayfly fs cp",
  );

/** The page goes into the bucket as its owner's, with a link that ends. */
export function publishPage(
  html: string,
  uri: string,
  seconds: number,
  options: FsOptions,
): Promise<Published> {
  return withStores(options, async (stores) => {
    if (await isOpen(uri, options)) throw isPublic(uri, "nothing was changed");
    const { store, path } = await stores.at(uri);
    await inFolder(async (folder) => {
      const file = join(folder, "page.html");
      writeFileSync(file, html, { mode: 0o600 });
      await store.put(path, file, { contentType: "text/html; charset=utf-8" });
    });
    if (await isOpen(uri, options)) {
      await store.remove([path]);
      throw isPublic(uri, "the page was taken away again");
    }
    const link = await makeLink(uri, seconds, stores);
    const bytes = Buffer.byteLength(html);
    const region = await (await stores.s3()).regionOf(parseUri(uri).bucket);
    const perMonth = region
      ? monthOfRemains({ bucketBytes: bytes }, region, await loadPrices(options.aws?.env ?? {}))
      : unknown("the region of the bucket");
    const borrowed = new URL(link).searchParams.has("X-Amz-Security-Token");
    return { uri, link, seconds, bytes, perMonth, borrowed };
  });
}
