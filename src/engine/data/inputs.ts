import { MayflyError } from "../../base/errors.ts";
import { formatCount, plural } from "../../base/format.ts";
import type { Job } from "../../model/job.ts";
import { openStores } from "../../storage/open.ts";
import { rootsOf } from "../../storage/places.ts";
import type { Places } from "../../targets/target.ts";
import { type Checked, checkData } from "./check/check.ts";

/** Enough to see a prefix of many files that are not as the others, and little enough to run before every job. */
const MOST_FILES = 1000;

/**
 * Looks at the inputs that a job declares before any of it runs. One that is missing ends it here; files
 * that disagree are told, for the job may well know.
 */
export async function checkInputs(
  job: Job,
  { state, mounts, liveS3 }: Places,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const wish = { roots: rootsOf(state, mounts), cwd: job.folder, liveS3, aws: { env } };
  const stores = openStores(wish);
  const notes: string[] = [];
  try {
    for (const [name, uri] of Object.entries(job.inputs)) {
      const checked = await checkData(uri, MOST_FILES, stores).catch((error: unknown) => {
        throw error instanceof MayflyError && error.code === "not-found"
          ? missing(job, name, uri, error)
          : error;
      });
      notes.push(...noteOf(name, uri, checked));
    }
    return notes;
  } finally {
    await stores.close();
  }
}

function missing(job: Job, name: string, uri: string, { message, remedy }: MayflyError) {
  const why = message.replace(/^.*?": /s, "");
  return new MayflyError(
    "not-found",
    `cannot run "${job.name}": its input ${name}, "${uri}": ${why}`,
    remedy ?? "put it there, or mend inputs: in mayfly.yaml",
  );
}

function noteOf(name: string, uri: string, { odd, looked, found }: Checked): string[] {
  const [first] = odd;
  // What nobody could look into says nothing against it.
  if (!first) return [];
  const of =
    looked.length < found.files.length ? ` of ${formatCount(looked.length)} looked at` : "";
  return [
    `input ${name}: ${plural(odd.length, "file")}${of} of "${uri}" ${odd.length === 1 ? "is" : "are"} not as the others: ${first.file.uri}: ${first.problems[0]?.text}; mayfly data check ${uri}`,
  ];
}
