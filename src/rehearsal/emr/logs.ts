import { createReadStream, createWriteStream, existsSync, rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/** Puts a file of this machine under a URI. */
export type Put = (uri: string, file: string) => Promise<void>;

/**
 * Logs into the cluster's bucket, packed and named as EMR's guide has it ("View log files archived to Amazon S3"):
 * `<cluster>/steps/<step>/stderr.gz`, `<cluster>/node/<instance>/…`, `<cluster>/containers/<application>/…`. A bucket that
 * takes nothing does not end a cluster, as on EMR.
 */
export function logShipper(
  logUri: string | undefined,
  clusterId: string,
  put: Put,
  /** How many milliseconds late logs of this name come. */
  late: (path: string) => number = () => 0,
) {
  const arrive = async (path: string, packed: string) => {
    try {
      await put(`${base}${path}.gz`, packed);
    } catch {
      // nobody may write there
    } finally {
      rmSync(packed, { force: true });
    }
  };
  const base = logUri && `${logUri.replace(/^s3n:/, "s3:").replace(/\/*$/, "/")}${clusterId}/`;
  return {
    /** Where a log will lie. */
    uri: (path: string) => base && `${base}${path}.gz`,
    async ship(path: string, file: string): Promise<void> {
      if (!base || !existsSync(file)) return;
      const packed = `${file}.shipped.gz`;
      await pipeline(createReadStream(file), createGzip(), createWriteStream(packed));
      const ms = late(path);
      if (ms > 0) setTimeout(() => void arrive(path, packed), ms).unref();
      else await arrive(path, packed);
    },
  };
}
