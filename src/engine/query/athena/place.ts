import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { type Athena, openAthena } from "../../../aws/athena.ts";
import { type Glue, openGlue } from "../../../aws/glue.ts";
import { whoAmI } from "../../../aws/identity.ts";
import { openSession, type SessionWish } from "../../../aws/session.ts";
import { openJournal } from "../../../journal/journal.ts";
import type { Act } from "../../../model/run.ts";
import { openStores } from "../../../storage/open.ts";
import { rootsOf } from "../../../storage/places.ts";
import type { Opened } from "../../fs/stores.ts";
import { createState, loadProject, placesOf, stateOf } from "../../project.ts";

export interface AthenaWish {
  aws: SessionWish;
  /** By the project's name otherwise. */
  database?: string | undefined;
  workgroup?: string | undefined;
  /** Where results are put until they are read. */
  results?: string | undefined;
}

/** Glue's catalog and Athena in an account, for one project. */
export interface AthenaPlace {
  project: string;
  region: string;
  owner: string;
  database: string;
  workgroup: string;
  results: string | undefined;
  glue: Glue;
  athena: Athena;
  /** S3 itself. */
  stores: Opened;
  /** Its journal lies here. */
  folder: string;
  act: Act;
}

export async function openPlace(project: string, wish: AthenaWish): Promise<AthenaPlace> {
  const session = await openSession(wish.aws);
  const { arn } = await whoAmI(session);
  const { state, mounts } = placesOf(await loadProject(project), true);
  const stores = openStores({
    roots: rootsOf(state, mounts),
    cwd: project,
    liveS3: true,
    aws: wish.aws,
  });
  const folder = join(stateOf(project), "athena");
  createState(project);
  mkdirSync(folder, { recursive: true });
  return {
    ...{ project, folder, region: session.region, owner: arn },
    database: wish.database ?? databaseOf(project),
    workgroup: wish.workgroup ?? USUAL_WORKGROUP,
    results: wish.results,
    glue: openGlue(session),
    athena: openAthena(session),
    stores: { ...stores, project },
    act: openJournal(folder),
  };
}

/** Where nothing else is said. */
export const databaseOf = (project: string) => nameOf(basename(project));
export const USUAL_WORKGROUP = "primary";

/** Glue knows small letters, digits and _ in names. */
export function nameOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return plain === "" ? "mayfly" : plain;
}

/** What is ours says so in its own parameters: Glue's tables have no tags. */
export const OWNER = "mayfly:owner";
export const RUN = "mayfly:run";
