import type { Item } from "../store.ts";
import { isTemporary } from "../temporary.ts";
import type { HdfsClient } from "./client.ts";
import { HdfsError } from "./errors.ts";

/** As HDFS describes a file or a folder. */
export interface FileStatus {
  pathSuffix: string;
  type: "FILE" | "DIRECTORY" | "SYMLINK";
  length: number;
  modificationTime: number;
  owner: string;
  group: string;
  permission: string;
}

export function itemOf(path: string, status: FileStatus): Item {
  const folder = status.type === "DIRECTORY";
  const { owner, group } = status;
  return {
    path: folder && path !== "" && !path.endsWith("/") ? `${path}/` : path,
    kind: folder ? "folder" : "file",
    bytes: folder ? 0 : status.length,
    modified: status.modificationTime,
    mode: Number.parseInt(status.permission, 8),
    owner,
    group,
  };
}

/** What lies below a folder, or in all folders below it; what is still being written is not there yet. */
export async function* listFolders(
  client: HdfsClient,
  path: string,
  recursive: boolean,
  uri: (path: string) => string,
  wanted = (name: string) => !isTemporary(name),
): AsyncGenerator<Item[]> {
  const folders = [path === "" || path.endsWith("/") ? path : `${path}/`];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const below: string[] = [];
    for await (const statuses of pages(client, folder, `list "${uri(folder)}"`)) {
      const page: Item[] = [];
      for (const status of statuses) {
        const item = itemOf(`${folder}${status.pathSuffix}`, status);
        if (recursive && item.kind === "folder") below.push(item.path);
        else if (wanted(status.pathSuffix)) page.push(item);
      }
      if (page.length > 0) yield page;
    }
    folders.unshift(...below);
  }
}

interface Batch {
  DirectoryListing: {
    partialListing: { FileStatuses: { FileStatus: FileStatus[] } };
    remainingEntries: number;
  };
}

async function* pages(
  client: HdfsClient,
  path: string,
  attempted: string,
): AsyncGenerator<FileStatus[]> {
  const ask = (op: string, query: Record<string, string> = {}) =>
    client.send({ method: "GET", op, path, attempted, query });
  for (let after: string | undefined; ; ) {
    let batch: Batch;
    try {
      batch = (await ask(
        "LISTSTATUS_BATCH",
        after === undefined ? {} : { startAfter: after },
      )) as Batch;
    } catch (error) {
      // Before Hadoop 3 a folder is told in one answer only.
      if (!(error instanceof HdfsError && error.said === "IllegalArgumentException")) throw error;
      const all = (await ask("LISTSTATUS")) as { FileStatuses: { FileStatus: FileStatus[] } };
      yield all.FileStatuses.FileStatus;
      return;
    }
    const { partialListing, remainingEntries } = batch.DirectoryListing;
    const statuses = partialListing.FileStatuses.FileStatus;
    yield statuses;
    after = statuses.at(-1)?.pathSuffix;
    if (remainingEntries === 0 || after === undefined) return;
  }
}
