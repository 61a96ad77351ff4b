import { MayflyError, toMayflyError } from "../../../base/errors.ts";
import { isSafeName } from "../../../storage/move/transfer.ts";
import type { Opened } from "../../fs/stores.ts";
import { type Looked, lookAtAll } from "../check/look-all.ts";
import { settle } from "../check/settle.ts";
import { dataFilesAt, spread } from "../files.ts";
import { type Amount, requireSensible } from "./amount.ts";
import { sampleAvro } from "./avro.ts";
import type { Drawing } from "./drawing.ts";
import { openTarget } from "./target.ts";
import { sampleText } from "./text.ts";
import { sampleWhole } from "./whole.ts";

const MOST_FILES = 10_000;

export interface SampleRequest {
  uri: string;
  to: string;
  amount: Amount;
  seed: number;
  force: boolean;
  signal: AbortSignal;
}

export interface Sampled {
  uri: string;
  to: string;
  files: number;
  /** Undefined where some format does not tell. */
  rows?: number;
  bytes: number;
  read: number;
  seed: number;
  of: { files: number; bytes: number };
  notes: string[];
  leftOut: { uri: string; reason: string }[];
}

/** Brings a representative part of what lies under a URI to this machine, in the same folders. */
export async function sampleData(request: SampleRequest, stores: Opened): Promise<Sampled> {
  const { uri, amount, seed } = request;
  requireSensible(amount);
  const found = await dataFilesAt(uri, "sample", stores);
  if (found.files.length === 0) {
    throw new MayflyError(
      "not-found",
      `cannot sample "${uri}": there is no file`,
      "mayfly fs ls -r shows what there is",
    );
  }
  const sampled: Sampled = {
    uri,
    to: request.to,
    files: 0,
    rows: 0,
    bytes: 0,
    read: 0,
    seed,
    of: { files: found.files.length, bytes: found.bytes },
    notes: [],
    leftOut: [],
  };
  const target = await openTarget(request, stores);
  const drawing = drawingInto(sampled, request, target.folder);
  try {
    // Whatever is asked for, more files than these do not make it more like the whole.
    const most = "rows" in amount ? Math.min(MOST_FILES, Math.max(100, amount.rows)) : MOST_FILES;
    const named = spread(found.files, most).map((file) => ({
      ...file,
      name: file.item.path.slice(found.base.length),
    }));
    if (named.length < found.files.length)
      sampled.notes.push(`from ${named.length} of ${found.files.length} files, evenly spread`);
    const looked = settle(await lookAtAll(named, { counted: drawing.counted }));
    for (const [way, files] of waysOf(looked, sampled)) await way(files, drawing);
    sampled.bytes = target.finish();
    return sampled;
  } finally {
    target.giveUp();
  }
}

function drawingInto(
  sampled: Sampled,
  { amount, seed, signal }: SampleRequest,
  folder: string,
): Drawing {
  return {
    amount,
    seed,
    folder,
    signal,
    counted: (bytes) => {
      sampled.read += bytes;
    },
    took: (rows) => {
      sampled.files++;
      if (rows === undefined) delete sampled.rows;
      else if (sampled.rows !== undefined) sampled.rows += rows;
    },
    note: (text) => void sampled.notes.push(text),
    async orLeaveOut(file, work) {
      if (signal.aborted) throw interrupted();
      try {
        await work();
      } catch (error) {
        if (signal.aborted) throw interrupted();
        const known = toMayflyError(error, "read it");
        if (["disk-full", "missing", "offline", "interrupted"].includes(known.code)) throw known;
        sampled.leftOut.push({ uri: file.uri, reason: known.message });
      }
    },
  };
}

const interrupted = () =>
  new MayflyError("interrupted", "the sample was interrupted; nothing of it is left");

type Way = (files: readonly Looked[], drawing: Drawing) => Promise<void>;

/** Which files are cut into rows, which into blocks, and which not at all. */
function waysOf(looked: readonly Looked[], sampled: Sampled): Map<Way, Looked[]> {
  const ways = new Map<Way, Looked[]>();
  for (const file of looked) {
    if (file.look.problems.some(({ kind }) => kind === "empty")) continue;
    const way = wayOf(file);
    if (typeof way === "string") sampled.leftOut.push({ uri: file.uri, reason: way });
    else ways.set(way, [...(ways.get(way) ?? []), file]);
  }
  return ways;
}

function wayOf({ look, name }: Looked): Way | string {
  if (!isSafeName(name)) return "its name would lie outside of the folder";
  const [problem] = look.problems;
  if (look.format === undefined) {
    if (problem?.kind === "unread") return sampleWhole;
    return problem?.text ?? "it could not be read";
  }
  if (look.format === "avro") return sampleAvro;
  if (look.format === "parquet" || look.format === "orc") return sampleWhole;
  // Rows of these cannot be told apart without reading them as what they are.
  const wide = look.encoding?.startsWith("UTF-16") === true;
  const document = look.format === "json" && look.multiLine === true;
  return wide || document || look.packing === "snappy" ? sampleWhole : sampleText;
}
