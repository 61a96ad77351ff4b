import { setImmediate } from "node:timers/promises";
import { interruption, MayflyError } from "../../../base/errors.ts";
import type { Problem } from "../../../storage/formats/types.ts";
import type { Stores } from "../../../storage/open.ts";
import { dataFilesAt, type Found, spread } from "../files.ts";
import { type Difference, differences } from "./differ.ts";
import { type Group, groupFiles } from "./group.ts";
import { layoutProblems } from "./layout.ts";
import { type Looked, lookAtAll } from "./look-all.ts";

export interface Odd {
  file: Looked;
  problems: (Problem | Difference)[];
}

/** What is known of the files under a prefix once their heads and footers have been seen. */
export interface Checked {
  uri: string;
  found: Found;
  looked: Looked[];
  /** What it cost to know. */
  read: { bytes: number; requests: number };
  groups: Group[];
  /** Files that are not as most are, with how. */
  odd: Odd[];
  /** Files that hold nothing, where Spark does not mind. */
  empty: Looked[];
  /** Nobody knows what is in them. */
  unread: Odd[];
}

/** For somebody who waits, and may end it. */
export interface Watching {
  signal?: AbortSignal;
  /** How many files are listed; and then, how many of those are looked at. */
  soFar?(files: number, of?: number): void;
  /** Throws for a file that is not to be read; it is named as one that was not looked into. */
  may?(uri: string): void;
}

export async function checkData(
  uri: string,
  most: number,
  stores: Stores,
  watching: Watching = {},
): Promise<Checked> {
  const { signal } = watching;
  const checking = checkOn(uri, most, stores, watching);
  if (!signal) return checking;
  // A host that does not answer would keep whoever has cancelled waiting for minutes.
  const { promise, reject } = Promise.withResolvers<never>();
  const end = () => reject(cancelled(uri, signal));
  signal.addEventListener("abort", end);
  try {
    return await Promise.race([checking, promise]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

const cancelled = (uri: string, signal: AbortSignal) =>
  interruption(signal, `the check of "${uri}" was cancelled`);

async function checkOn(
  uri: string,
  most: number,
  stores: Stores,
  { signal, soFar, may }: Watching,
): Promise<Checked> {
  const goOn = () => {
    if (signal?.aborted) throw cancelled(uri, signal);
  };
  const found = await dataFilesAt(uri, "check", stores, async (files) => {
    goOn();
    soFar?.(files);
    // A folder of this machine is listed without a pause: nobody would hear that it is cancelled.
    await setImmediate();
  });
  if (found.files.length === 0) {
    const why = found.hidden > 0 ? "only files whose names begin with _ or ." : "no file";
    throw new MayflyError(
      "not-found",
      `cannot check "${uri}": there is ${why}`,
      "mayfly fs ls -r shows what there is",
    );
  }
  const read = { bytes: 0, requests: 0 };
  const some = spread(found.files, most);
  let done = 0;
  const looked = await lookAtAll(some, {
    counted(bytes) {
      read.bytes += bytes;
      read.requests++;
    },
    next() {
      goOn();
      soFar?.(done++, some.length);
    },
    ...(may ? { may } : {}),
  });
  const groups = groupFiles(looked);
  return { uri, found, looked, read, groups, ...oddOnes(looked, groups) };
}

export const agrees = ({ odd, unread }: Checked) => odd.length === 0 && unread.length === 0;

function oddOnes(looked: readonly Looked[], groups: readonly Group[]) {
  const [main] = groups;
  const [odd, unread, empty]: [Odd[], Odd[], Looked[]] = [[], [], []];
  const apart = new Map<string, Difference[]>();
  for (const group of groups.slice(1)) {
    const how = main ? differences(group, main) : [];
    for (const file of group.files) apart.set(file.uri, how);
  }
  const layout = layoutProblems(looked);
  for (const file of looked) {
    const own = file.look.problems;
    const problems = [...(apart.get(file.uri) ?? []), ...own, ...(layout.get(file.uri) ?? [])];
    if (problems.length === 0) continue;
    const footers = main?.format === "parquet" || main?.format === "avro";
    if (own.some(({ kind }) => kind === "empty") && !footers) empty.push(file);
    else if (own.some(({ kind }) => kind === "unread")) unread.push({ file, problems });
    else odd.push({ file, problems });
  }
  return { odd, unread, empty };
}
