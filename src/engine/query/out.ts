import { closeSync, openSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import type { Asking, FileFormat, Query, Written } from "../../query/query.ts";
import { rowWriter } from "../../query/text.ts";
import { parseUri } from "../../storage/places.ts";
import { type FsOptions, withStores } from "../fs/stores.ts";
import { inFolder, moveFile } from "./temporary.ts";

/** A result becomes a file of this machine, or, by way of one, of a bucket or of HDFS. */
export async function intoPlace(
  place: string,
  options: FsOptions,
  write: (file: string) => Promise<Written>,
): Promise<Written & { place: string }> {
  const { scheme, key } = parseUri(place);
  const other = /^[a-z][\w+.-]*:\/\//i.exec(place)?.[0];
  if (scheme === "file" && other !== undefined && other !== "file://")
    throw new MayflyError(
      "usage",
      `cannot write "${place}": ${other} is not known here`,
      "a file of this machine, s3://BUCKET/NAME or hdfs:///NAME",
    );
  if (scheme === "file") {
    const file = resolve(options.cwd, key);
    return { ...(await write(file)), place: file };
  }
  return withStores(options, async (stores) => {
    const { store, path } = await stores.at(place);
    return inFolder(async (folder) => {
      const file = join(folder, "result");
      const written = await write(file);
      await store.put(path, file);
      return { ...written, place };
    });
  });
}

/** Of rows that come from elsewhere; their types are no longer those of a Parquet file. */
export async function writeByRows(
  ask: Query["rows"],
  sql: string,
  file: string,
  format: FileFormat,
  asking: Asking = {},
): Promise<Written> {
  if (format === "parquet")
    throw new MayflyError(
      "usage",
      "cannot write Parquet: rows that Spark or Athena has sent become CSV or JSON only",
      "say --format csv or json; for Parquet leave --on out, or let a job write it",
    );
  return inFolder(async (folder) => {
    const beside = join(folder, "rows");
    const opened = openSync(beside, "w", 0o600);
    try {
      const writer = rowWriter(format, (text) => void writeSync(opened, text));
      const { columns, ms, note } = await ask(sql, {
        most: Number.MAX_SAFE_INTEGER,
        ...asking,
        some: async (rows, all) => writer.rows(rows, all),
      });
      writer.end(columns);
      moveFile(beside, file);
      return { ms, ...(note === undefined ? {} : { note }) };
    } finally {
      closeSync(opened);
    }
  });
}
