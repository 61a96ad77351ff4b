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
export function logShipper(logUri: string | undefined, clusterId: string, put: Put) {
  const base = logUri && `${logUri.replace(/^s3n:/, "s3:").replace(/\/*$/, "/")}${clusterId}/`;
  return {
    /** Where a log will lie. */
    uri: (path: string, ending = ".gz") => base && `${base}${path}${ending}`,
    /** As it is, for programs that read it there. */
    async copy(path: string, file: string): Promise<void> {
      if (base && existsSync(file)) await put(`${base}${path}`, file).catch(() => {});
    },
    async ship(path: string, file: string): Promise<void> {
      if (!base || !existsSync(file)) return;
      const packed = `${file}.shipped.gz`;
      try {
        await pipeline(createReadStream(file), createGzip(), createWriteStream(packed));
        await put(`${base}${path}.gz`, packed);
      } catch {
        // nobody may write there
      } finally {
        rmSync(packed, { force: true });
      }
    },
  };
}
