import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { listIfThere } from "../../base/files.ts";
import type { Brought } from "../../query/cache.ts";
import type { Table } from "../../query/query.ts";
import { dataFiles, formatOf } from "../../storage/dataset/describe.ts";
import { isHidden, splitGlob } from "../../storage/glob.ts";
import { notThere } from "../../storage/open.ts";
import { localPath, parseUri } from "../../storage/places.ts";
import { isOnDisk } from "../../storage/store.ts";
import { list } from "../fs/list.ts";
import type { Opened } from "../fs/stores.ts";

export interface Files {
  /** On this machine. */
  paths: string[];
  format: Table["format"] | "orc";
}

/** What a path or URI in a text means: files, and what they are. `fetch` brings those that lie elsewhere. */
export async function filesAt(
  uri: string,
  stores: Opened,
  fetch: (uri: string, stores: Opened) => Promise<Brought>,
  held: (() => void)[],
): Promise<Files> {
  const foreign = /^(?!s3|hdfs|file)[a-z][a-z0-9+]*:\/\//i.exec(uri);
  if (foreign)
    throw new MayflyError(
      "usage",
      `cannot query "${uri}": ${foreign[0]} is not read here`,
      "bring it to this machine or to s3:// first",
    );
  const { store, path } = await stores.at(uri);
  if (!isOnDisk(store)) {
    const { paths, release } = await fetch(uri, stores);
    held.push(release);
    return filesOf(uri, paths);
  }
  const whole = localPath(uri, stores.wish.roots, stores.wish.cwd);
  requireInside(uri, whole, stores);
  const found = existsSync(whole);
  if (!found && !splitGlob(path)) throw notThere(uri, "query", stores.wish);
  const roots = found ? [whole] : await globbed(uri, stores);
  for (const root of roots) requireInside(uri, root, stores);
  if (found) requirePlain(uri, whole);
  return filesOf(uri, roots.flatMap(dataPaths));
}

/** What a run has left at a path of this machine. */
export function filesOfOutput(uri: string, path: string): Files {
  requirePlain(uri, path);
  return filesOf(uri, dataPaths(path));
}

/** Whole names of the files below a path that have something in them; links are left alone. */
function dataPaths(path: string): string[] {
  return dataFiles(path)
    .filter(({ bytes }) => bytes > 0)
    .map((file) => file.path);
}

async function globbed(uri: string, stores: Opened): Promise<string[]> {
  const paths: string[] = [];
  const { store, path } = await stores.at(uri);
  if (!(await store.stat(splitGlob(path)?.folder ?? ""))) throw notThere(uri, "query", stores.wish);
  for await (const page of list(uri, false, stores))
    for (const item of page) {
      if (isHidden(item.name)) continue;
      paths.push(localPath(item.uri, stores.wish.roots, stores.wish.cwd).replace(/\/$/, ""));
    }
  return paths;
}

/** Also by its real name: a link in a folder that may be read leads nowhere else. */
function requireInside(uri: string, path: string, { project, wish }: Opened): void {
  const { s3, hdfs, mounts } = wish.roots;
  const allowed = [project, s3, hdfs, ...Object.values(mounts)];
  const real = realOf(path);
  const root = allowed.map(realOf).find((one) => isBelow(real, one));
  const plain = isBelow(path, s3) || isBelow(path, hdfs) || parseUri(uri).scheme !== "file";
  if (root === undefined)
    throw new MayflyError(
      "refused",
      `"${uri}" lies outside of "${project}", which is all that a query may read`,
      "go to its folder first, or mount that in mayfly.yaml",
    );
  const hidden = relative(root, real)
    .split("/")
    .find((name) => name.startsWith("."));
  if (hidden !== undefined && !plain)
    throw new MayflyError(
      "refused",
      `cannot query "${uri}": names that begin with a dot are no data ("${hidden}")`,
    );
}

const isBelow = (path: string, folder: string) => {
  const way = relative(folder, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
};

/** Of what is not there, that of the folder it would lie in. */
function realOf(path: string): string {
  const whole = resolve(path);
  if (existsSync(whole)) return realpathSync(whole);
  const parent = join(whole, "..");
  return parent === whole ? whole : join(realOf(parent), whole.slice(parent.length));
}

/** Files of these tables are not all of them rows of it: read as they lie they would say something else. */
const MARKS: [RegExp, string][] = [
  [/^_delta_log(?:\/|$)/, "a Delta table"],
  [/^\.hoodie(?:\/|$)/, "a Hudi table"],
  [/^metadata\/(?:version-hint\.text|.*\.metadata\.json)$/, "an Iceberg table"],
];

export function requireNoTableFormat(uri: string, name: string): void {
  const what = MARKS.find(([mark]) => mark.test(name))?.[1];
  if (what === undefined) return;
  throw new MayflyError(
    "usage",
    `cannot query "${uri}": it is ${what}, and such tables are not read here`,
    "read it in a job with Spark and its package, and let that write Parquet",
  );
}

function requirePlain(uri: string, folder: string): void {
  if (!statSync(folder).isDirectory()) return;
  for (const name of readdirSync(folder)) requireNoTableFormat(uri, name);
  for (const name of listIfThere(join(folder, "metadata")))
    requireNoTableFormat(uri, `metadata/${name}`);
}

function filesOf(uri: string, paths: string[]): Files {
  if (paths.length === 0)
    throw new MayflyError(
      "not-found",
      `cannot query "${uri}": there are no rows in it`,
      "files that are empty, or begin with _ or a dot, do not count",
    );
  const format = formatOf(paths);
  if (format === "parquet" || format === "csv" || format === "json" || format === "orc")
    return { paths, format };
  if (format === "text") return { paths, format: headOf(paths[0] ?? "") };
  throw new MayflyError(
    "usage",
    format === "mixed"
      ? `cannot query "${uri}": its files are of several formats`
      : `cannot query "${uri}": ${format} is not read here`,
    format === "mixed"
      ? "name those of one with a pattern: 'folder/*.csv'"
      : "let a job write Parquet",
  );
}

/** A name that says nothing may be anything. */
function headOf(path: string): Files["format"] {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(4);
    readSync(file, head, 0, 4, 0);
    const mark = head.toString("latin1");
    return mark === "PAR1" ? "parquet" : mark.startsWith("ORC") ? "orc" : "text";
  } finally {
    closeSync(file);
  }
}
