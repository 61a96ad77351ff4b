import { createReadStream, createWriteStream, existsSync, rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/** Puts a file of this machine under a URI. */
export type Put = (uri: string, file: string) => Promise<void>;

/**
 * Logs into somebody's bucket, packed, below a folder such as `s3://logs/j-1ABC/`; none where there is none.
 * A bucket that takes nothing ends nothing, as on EMR.
 */
export function logShipper(
  folder: string | undefined,
  put: Put,
  /** How many milliseconds late logs of this name come. */
  late: (path: string) => number = () => 0,
) {
  const base = folder?.replace(/^s3n:/, "s3:");
  const attempt = async (path: string, file: string) => {
    if (!base || !existsSync(file)) return;
    await put(`${base}${path}`, file).catch(() => {}); // nobody may write there
  };
  const arrive = async (path: string, packed: string) => {
    await attempt(`${path}.gz`, packed);
    rmSync(packed, { force: true });
  };
  return {
    /** Where a log will lie. */
    uri: (path: string, ending = ".gz") => base && `${base}${path}${ending}`,
    async ship(path: string, file: string): Promise<void> {
      if (!base || !existsSync(file)) return;
      const packed = `${file}.shipped.gz`;
      try {
        await pipeline(createReadStream(file), createGzip(), createWriteStream(packed));
      } catch {
        // its machine has taken it away
        rmSync(packed, { force: true });
        return;
      }
      const ms = late(path);
      if (ms > 0) setTimeout(() => void arrive(path, packed), ms).unref();
      else await arrive(path, packed);
    },
    /** As it is, for programs that read it there. */
    shipPlain: attempt,
  };
}

/** With one slash at its end. */
export const asFolder = (uri: string) => uri.replace(/\/*$/, "/");
