import type { SessionWish } from "../../aws/session.ts";
import { openStores, type Stores, type StoresWish } from "../../storage/open.ts";
import { rootsOf } from "../../storage/places.ts";
import { loadProject, placesOf, projectFolder } from "../project.ts";

export { filterPattern } from "../../storage/glob.ts";
export { type CopyRequest, copy, planCopy } from "../../storage/move/copy.ts";
export { planSync, type SyncRequest, sync } from "../../storage/move/sync.ts";
export {
  fits,
  type Move,
  type TransferOptions,
  type Transferred,
} from "../../storage/move/transfer.ts";
export { hdfsUser, notThere, readNameNodes } from "../../storage/open.ts";
export { makePace } from "../../storage/parallel.ts";
export { wholeOf } from "../../storage/store.ts";

export interface FsOptions {
  cwd: string;
  liveS3: boolean;
  aws?: SessionWish;
  requesterPays?: boolean;
  webhdfs?: string[];
  hdfsUser?: string;
}

export interface Opened extends Stores {
  project: string;
}

/** The stores of the project someone stands in, for as long as the work takes. */
export async function withStores<T>(
  options: FsOptions,
  work: (stores: Opened) => Promise<T>,
): Promise<T> {
  const project = await loadProject(projectFolder(options.cwd));
  const { state, mounts } = placesOf(project, options.liveS3);
  const { cwd, liveS3, aws, requesterPays, webhdfs, hdfsUser } = options;
  const wish: StoresWish = {
    roots: rootsOf(state, mounts),
    cwd,
    liveS3,
    ...(aws ? { aws } : {}),
    ...(requesterPays ? { requesterPays } : {}),
    ...(webhdfs ? { webhdfs } : {}),
    ...(hdfsUser ? { hdfsUser } : {}),
  };
  const stores = openStores(wish);
  try {
    return await work({ ...stores, project: project.folder });
  } finally {
    await stores.close();
  }
}
