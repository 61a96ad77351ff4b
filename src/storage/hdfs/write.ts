import { createReadStream, type ReadStream, statSync } from "node:fs";
import { Readable } from "node:stream";
import { type Clock, systemClock } from "../../base/clock.ts";
import type { WriteOptions } from "../store.ts";
import type { HdfsClient } from "./client.ts";
import { failure, HdfsError } from "./errors.ts";
import type { FileStatus } from "./list.ts";

/** A DataNode may still be about to make a file when we give it up. */
const LATE = 250;

/** Under a name of its own beside the one it will have, which it takes when it is whole. */
export async function writeFile(
  client: HdfsClient,
  path: string,
  uri: string,
  file: string,
  options: WriteOptions,
  clock: Clock = systemClock,
): Promise<void> {
  const temporary = temporaryBeside(path);
  const attempted = `write "${uri}"`;
  let bytes = statSync(file).size;
  try {
    await client.send({
      method: "PUT",
      op: "CREATE",
      path: temporary,
      attempted,
      query: { overwrite: "true" },
      content() {
        bytes = statSync(file).size;
        const end = Math.max(bytes - 1, 0);
        const stream = createReadStream(file, { highWaterMark: 1 << 18, end });
        const { moved, pace } = options;
        return { stream: pace ? slowed(stream, pace) : stream, bytes, moved };
      },
      signal: options.signal,
    });
    await rename(client, { path: temporary, bytes }, path, attempted, "OVERWRITE");
  } catch (error) {
    const again = async () => {
      await clock.sleep(LATE);
      await removeOne(client, temporary, attempted);
    };
    const left = await removeOne(client, temporary, attempted).catch(() => true);
    if (!left && !(error instanceof HdfsError)) await again().catch(() => {});
    throw error;
  }
}

function slowed(stream: ReadStream, pace: NonNullable<WriteOptions["pace"]>): Readable {
  const pieces = async function* () {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      await pace(piece.length);
      yield piece;
    }
  };
  return Readable.from(pieces(), { objectMode: false });
}

/** In one step, whatever it holds. */
export async function rename(
  client: HdfsClient,
  from: { path: string; bytes: number },
  to: string,
  attempted: string,
  how: "OVERWRITE" | "TO_TRASH",
): Promise<void> {
  const destination = `/${to.replace(/\/$/, "")}`;
  const query = { destination, renameoptions: how };
  try {
    const asked = { method: "PUT", op: "RENAME", path: from.path, attempted, query } as const;
    const { boolean: renamed } = (await client.send(asked)) as { boolean?: boolean };
    // Who knows of no options, such as HttpFS, says nothing more than this.
    if (renamed === false)
      throw failure(attempted, { exception: "RenameRefused", message: "it is there already" });
  } catch (error) {
    if (!isMissing(error)) throw error;
    // Its answer may have been lost: then it is done, and the second try found nothing any more.
    const there = await statusOf(client, to, attempted).catch(() => undefined);
    const still = await statusOf(client, from.path, attempted).catch(() => undefined);
    if (still || there?.length !== from.bytes) throw error;
  }
}

/** A file, or a folder that holds nothing; false where nothing was. */
export async function removeOne(
  client: HdfsClient,
  path: string,
  attempted: string,
  recursive = false,
): Promise<boolean> {
  const query = { recursive: String(recursive) };
  const asked = { method: "DELETE", op: "DELETE", path, attempted, query } as const;
  return ((await client.send(asked)) as { boolean?: boolean }).boolean === true;
}

export async function makeFolders(
  client: HdfsClient,
  path: string,
  attempted: string,
  query: Record<string, string> = {},
): Promise<void> {
  await client.send({ method: "PUT", op: "MKDIRS", path, attempted, query });
}

export async function statusOf(
  client: HdfsClient,
  path: string,
  attempted: string,
): Promise<FileStatus> {
  const asked = { method: "GET", op: "GETFILESTATUS", path, attempted } as const;
  return ((await client.send(asked)) as { FileStatus: FileStatus }).FileStatus;
}

export function isMissing(error: unknown): boolean {
  return error instanceof HdfsError && error.said === "FileNotFoundException";
}

/** Nobody else's, also when the same file is written from two machines; Spark and Hadoop read no name with a dot. */
function temporaryBeside(path: string): string {
  const slash = path.lastIndexOf("/") + 1;
  const name = path
    .slice(slash)
    .replace(/[^\w.-]/g, "_")
    .slice(0, 200);
  const unique = `${process.pid}-${Math.floor(Math.random() * 2 ** 48)}`;
  return `${path.slice(0, slash)}.${name}.${unique}.mayfly`;
}
