import { MayflyError } from "../../base/errors.ts";
import type { Discarded, Item } from "../store.ts";
import type { HdfsClient } from "./client.ts";
import { moveToTrash, trashInterval } from "./trash.ts";
import { removeOne } from "./write.ts";

/** A file, or a folder with all that it holds, in one step: as `hdfs dfs -rm` does it. */
export function makeDiscard(client: HdfsClient, uri: (path: string) => string) {
  let interval: Promise<number> | undefined;
  return async (item: Item, skipTrash: boolean): Promise<Discarded> => {
    const { path } = item;
    const attempted = `remove "${uri(path)}"`;
    if (path === "") throw new MayflyError("refused", `cannot ${attempted}: it is the root`);
    const files = item.kind === "file" ? 1 : await countFiles(client, path, attempted);
    if (!skipTrash) interval ??= trashInterval(client);
    const on = !skipTrash && ((await interval) ?? 0) > 0;
    const there = on ? await moveToTrash(client, item, uri(path)) : undefined;
    if (there !== undefined) return { files, trash: uri(there) };
    await removeOne(client, path, attempted, item.kind === "folder");
    return { files, ...(on || skipTrash ? {} : { noTrash: true }) };
  };
}

async function countFiles(client: HdfsClient, path: string, attempted: string): Promise<number> {
  const asked = { method: "GET", op: "GETCONTENTSUMMARY", path, attempted } as const;
  const { ContentSummary: summary } = (await client.send(asked)) as {
    ContentSummary: { fileCount: number };
  };
  return summary.fileCount;
}
