import { createReadStream, createWriteStream, existsSync, rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/** Puts a file of this machine under a URI. */
export type Put = (uri: string, file: string) => Promise<void>;

/**
 * Logs into somebody's bucket, packed, below a folder such as `s3://logs/j-1ABC/`; none where there is none.
 * A bucket that takes nothing ends nothing, as on EMR.
 */
export function logShipper(folder: string | undefined, put: Put) {
  const base = folder?.replace(/^s3n:/, "s3:");
  const attempt = async (path: string, file: string) => {
    if (!base || !existsSync(file)) return;
    await put(`${base}${path}`, file).catch(() => {}); // nobody may write there
  };
  return {
    /** Where a log will lie. */
    uri: (path: string) => base && `${base}${path}.gz`,
    async ship(path: string, file: string): Promise<void> {
      if (!base || !existsSync(file)) return;
      const packed = `${file}.shipped.gz`;
      try {
        await pipeline(createReadStream(file), createGzip(), createWriteStream(packed));
        await attempt(`${path}.gz`, packed);
      } catch {
        // its machine has taken it away
      } finally {
        rmSync(packed, { force: true });
      }
    },
    shipPlain: attempt,
  };
}

export const asFolder = (uri: string) => uri.replace(/\/*$/, "/");
