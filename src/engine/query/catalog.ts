import { existsSync } from "node:fs";
import type { OutputRecord, RunRecord } from "../../model/run.ts";
import type { Known } from "../../query/query.ts";
import { readRecord, runFolder, runIds } from "../runs/records.ts";

/** An output of a run, as a table. */
export interface Entry extends Known {
  record: Ended;
  output: OutputRecord;
}

/** What is kept of a run: thousands of them are, for as long as a console is open. */
type Ended = Pick<RunRecord, "id" | "job" | "state" | "outputs">;

export interface Catalog {
  /** That of the newest run that succeeded; letter case does not matter. */
  find(name: string): Entry | undefined;
  all(): Entry[];
  /** Outputs of one run. */
  of(record: Ended): Entry[];
}

/** Beyond so many runs nobody looks for a table. */
const MOST_RUNS = 5000;

/** Runs are read only as far back as is needed: a project may have thousands. */
export function openCatalog(project: string): Catalog {
  const ended = new Map<string, Ended>();
  const schemas = new Map<string, OutputRecord["schema"]>();
  /** Run after run writes the same columns: they are kept once. */
  const shared = (output: OutputRecord): OutputRecord => {
    const key = JSON.stringify(output.schema);
    if (key === undefined) return output;
    const schema = schemas.get(key) ?? output.schema;
    schemas.set(key, schema);
    return { ...output, ...(schema ? { schema } : {}) };
  };
  const read = (id: string): Ended | undefined => {
    const known = ended.get(id);
    if (known) return known;
    const record = readRecord(runFolder(project, id));
    if (!record) return undefined;
    const { job, state, outputs = [] } = record;
    const one = { id, job, state, outputs: outputs.map(shared) };
    if (state !== "running") ended.set(id, one);
    return one;
  };
  function* walk(): Generator<Entry> {
    const seen = new Set<string>();
    for (const id of runIds(project).slice(0, MOST_RUNS)) {
      const record = read(id);
      if (record?.state !== "succeeded") continue;
      for (const output of record.outputs ?? []) {
        const name = output.name.toLowerCase();
        // Whether it can be asked is looked at for what is shown only: thousands have been written over.
        if (!seen.has(name)) yield entryOf(output, record);
        seen.add(name);
      }
    }
  }
  return {
    find(name) {
      const wanted = name.toLowerCase();
      for (const entry of walk()) if (entry.name.toLowerCase() === wanted) return entry;
      return undefined;
    },
    all: () => [...walk()],
    of: (record) =>
      entriesOf(record).map((entry) => {
        const later = laterWriter(entry, runIds(project), read);
        const not = `run ${later} has written over it (${entry.uri})`;
        return later === undefined ? entry : { ...entry, not };
      }),
  };
}

const entriesOf = (record: Ended) => (record.outputs ?? []).map((one) => entryOf(one, record));

function entryOf(output: OutputRecord, record: Ended): Entry {
  const { name, uri, format, bytes, rows, schema } = output;
  const not = whyNot(output);
  return {
    ...{ name, uri, format, bytes, run: record.id, job: record.job, record, output },
    ...(rows === undefined ? {} : { rows }),
    ...(schema ? { columns: schema } : {}),
    ...(not ? { not } : {}),
  };
}

function whyNot({ format, missing, path }: OutputRecord): string | undefined {
  if (missing || format === "nothing") return "the run has written nothing there";
  if (format === "mixed") return "its files are of several formats";
  if (format === "avro") return "Avro is not read here; let a job write Parquet";
  if (path !== "" && !existsSync(path)) return `it is gone from "${path}"`;
  return undefined;
}

/** A run that began after this one and has an output in the same place: what lies there is that one's. */
function laterWriter(
  { output, record }: Entry,
  ids: string[],
  read: (id: string) => Ended | undefined,
): string | undefined {
  const place = (one: OutputRecord) => one.path || one.uri;
  return ids
    .filter((id) => id > record.id)
    .find((id) => read(id)?.outputs?.some((one) => place(one) === place(output)));
}
