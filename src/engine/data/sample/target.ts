import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { MayflyError } from "../../../base/errors.ts";
import { sizeOf } from "../../../base/files.ts";
import { isOnDisk } from "../../../storage/store.ts";
import { temporaryFor } from "../../../storage/temporary.ts";
import type { Opened } from "../../fs/stores.ts";

export interface SampleTarget {
  /** What is written into, until it is whole. */
  folder: string;
  /** Gives it its name; its bytes. */
  finish(): number;
  /** Removes what was not finished. */
  giveUp(): void;
}

/** A folder that is there as a whole or not at all. */
export async function openTarget(
  { uri, to, force }: { uri: string; to: string; force: boolean },
  stores: Opened,
): Promise<SampleTarget> {
  const { store, path } = await stores.at(to);
  if (!isOnDisk(store)) {
    throw new MayflyError(
      "refused",
      `cannot sample into "${to}": it is not on this machine`,
      "name a folder here; mayfly fs cp takes it further",
    );
  }
  const whole = store.file(path).replace(/(?<=.)\/+$/, "");
  requireFree(whole, to, force);
  await requireApart(uri, whole, to, stores);
  const folder = temporaryFor(whole);
  mkdirSync(folder, { recursive: true });
  return {
    folder,
    finish() {
      const { bytes } = sizeOf(folder);
      const old = existsSync(whole) ? temporaryFor(whole) : undefined;
      if (old) renameSync(whole, old);
      renameSync(folder, whole);
      if (old) rmSync(old, { recursive: true, force: true });
      return bytes;
    },
    giveUp: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function requireFree(whole: string, to: string, force: boolean): void {
  const stat = statSync(whole, { throwIfNoEntry: false });
  if (!stat) return;
  if (!stat.isDirectory()) {
    throw new MayflyError("refused", `cannot sample into "${to}": it is a file`, "name a folder");
  }
  if (readdirSync(whole).length === 0 || force) return;
  throw new MayflyError(
    "refused",
    `cannot sample into "${to}": it is not empty`,
    "--force replaces all that is in it; or name another folder",
  );
}

/** With --force a folder goes: never the one that is read, nor one around it. */
async function requireApart(uri: string, whole: string, to: string, stores: Opened): Promise<void> {
  const { store, path } = await stores.at(uri);
  if (!isOnDisk(store)) return;
  const from = `${store.file(path.replace(/[*?[].*/, "")).replace(/\/+$/, "")}/`;
  const clash = from.startsWith(`${whole}/`) || `${whole}/`.startsWith(from);
  if (!clash && !`${stores.wish.cwd}/`.startsWith(`${whole}/`)) return;
  throw new MayflyError(
    "refused",
    `cannot sample "${uri}" into "${to}": one lies in the other, or you stand in it`,
    "name a folder of its own",
  );
}
