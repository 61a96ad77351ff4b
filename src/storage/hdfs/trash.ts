import { type Clock, systemClock } from "../../base/clock.ts";
import { MayflyError } from "../../base/errors.ts";
import type { HdfsClient } from "./client.ts";
import { HdfsError } from "./errors.ts";
import { isMissing, makeFolders, rename, statusOf } from "./write.ts";

/** Minutes that the trash keeps what is in it, by the NameNode's own settings; 0 where it is off. */
export async function trashInterval(client: HdfsClient): Promise<number> {
  const attempted = "find out whether HDFS has a trash";
  const asked = { method: "GET", op: "GETSERVERDEFAULTS", path: "", attempted } as const;
  const answer = await known(() => client.send(asked));
  // Who cannot say is too old to be asked; nothing is lost in a trash that nobody empties.
  const { FsServerDefaults: defaults } = (answer ?? {}) as {
    FsServerDefaults?: { trashInterval: number };
  };
  return defaults?.trashInterval ?? 1;
}

/**
 * Where Hadoop's own `rm` moves it, in the same way: below the folder it was in, with the time added to a name
 * that is taken. Undefined for what lies in the trash already: that goes for good.
 */
export async function moveToTrash(
  client: HdfsClient,
  { path, bytes }: { path: string; bytes: number },
  uri: string,
  clock: Clock = systemClock,
): Promise<string | undefined> {
  const attempted = `remove "${uri}"`;
  const clean = path.replace(/\/$/, "");
  const root = await trashRoot(client, clean, attempted);
  if (`${clean}/`.startsWith(`${root}/`)) return undefined;
  if (root.startsWith(`${clean}/`)) {
    throw new MayflyError(
      "refused",
      `cannot ${attempted}: it holds the trash "/${root}"`,
      "with --skip-trash it goes for good, and the trash with it",
    );
  }
  const slash = clean.lastIndexOf("/");
  let folder = `${root}/Current${slash < 0 ? "" : `/${clean.slice(0, slash)}`}`;
  for (;;) {
    try {
      await makeFolders(client, folder, attempted, { permission: "700" });
      break;
    } catch (error) {
      if (!isFileInTheWay(error)) throw error;
      folder = await besideFile(client, folder, attempted, clock);
    }
  }
  const name = `${folder}/${clean.slice(slash + 1)}`;
  let target = name;
  while (await exists(client, target, attempted)) target = `${name}${clock.now()}`;
  await rename(client, { path: clean, bytes }, target, attempted, "TO_TRASH");
  return target;
}

/** Encrypted zones have one of their own. */
async function trashRoot(client: HdfsClient, path: string, attempted: string): Promise<string> {
  const asked = { method: "GET", op: "GETTRASHROOT", path, attempted } as const;
  const answer = (await known(() => client.send(asked))) as { Path?: string } | undefined;
  return (answer?.Path ?? `/user/${client.wish.user}/.Trash`).replace(/^(\w+:\/\/[^/]*)?\//, "");
}

/** A file was removed earlier that was called as the folder is now. */
async function besideFile(
  client: HdfsClient,
  folder: string,
  attempted: string,
  clock: Clock,
): Promise<string> {
  const parts = folder.split("/");
  for (let i = 1; i <= parts.length; i++) {
    const above = parts.slice(0, i).join("/");
    const status = await statusOf(client, above, attempted);
    if (status.type === "FILE") return `${above}${clock.now()}${folder.slice(above.length)}`;
  }
  return folder;
}

function isFileInTheWay(error: unknown): boolean {
  return error instanceof HdfsError && /^(FileAlreadyExists|ParentNotDirectory)/.test(error.said);
}

async function exists(client: HdfsClient, path: string, attempted: string): Promise<boolean> {
  try {
    await statusOf(client, path, attempted);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Hadoop 2 does not know these questions. */
async function known(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof HdfsError && error.said === "IllegalArgumentException") return undefined;
    throw error;
  }
}
