import type { GluePartition, GlueTable } from "../../../aws/glue.ts";
import { MayflyError } from "../../../base/errors.ts";
import { bytesOf } from "../../../storage/formats/bytes.ts";
import { parseUri } from "../../../storage/places.ts";
import { dataFilesAt } from "../../data/files.ts";
import { checkAll } from "../../data/report/report.ts";
import { type Entry, openCatalog } from "../catalog.ts";
import { type AthenaPlace, nameOf, OWNER, RUN } from "./place.ts";
import { partitionsOf, tableOf } from "./shape.ts";

export interface MadeTable {
  name: string;
  uri: string;
  did: "created" | "updated" | "unchanged" | "left out";
  columns?: number;
  partitions?: number;
  why?: string;
}

/** So many files are looked at for the schema of a table. */
const LOOKED = 200;

interface Source {
  name: string;
  uri: string;
  run?: string;
  /** The folder of this machine that stands for it. */
  here?: string;
}

/** A table in Glue's catalog over each output that lies in S3: what Athena, and Spark on EMR, know by its name. */
export async function makeTables(place: AthenaPlace, wanted: string[]): Promise<MadeTable[]> {
  const sources = sourcesOf(place, wanted);
  const { glue, database } = place;
  const found = await glue.database(database);
  const there = found ? await glue.tables(database) : [];
  let ready = found && Promise.resolve();
  /** It is made when there is a table for it, and once. */
  const inDatabase = () => {
    ready ??= makeDatabase(place);
    return ready;
  };
  const made: MadeTable[] = [];
  for (const source of sources)
    made.push(
      source.here !== undefined
        ? { ...leftOut(source), why: `it lies on this machine only, in ${source.here}` }
        : parseUri(source.uri).scheme === "s3"
          ? await makeTable(source, there, inDatabase, place)
          : { ...leftOut(source), why: "it does not lie in S3" },
    );
  return made;
}

/** `name`, `name=s3://…`, or nothing: all outputs there are. */
function sourcesOf({ project }: AthenaPlace, wanted: string[]): Source[] {
  const catalog = openCatalog(project);
  if (wanted.length > 0)
    return wanted.map((text) => {
      const [, name = "", uri = ""] = /^([^=:]+)=(s3[an]?:\/\/.+)$/.exec(text) ?? [];
      if (name !== "") return { name, uri };
      const entry = catalog.find(text);
      if (entry) return sourceOf(entry);
      throw new MayflyError(
        "not-found",
        `cannot make a table of "${text}": no run that succeeded has such an output`,
        "write an output's name, or NAME=s3://BUCKET/FOLDER",
      );
    });
  const all = catalog.all().map(sourceOf);
  if (all.length > 0) return all;
  throw new MayflyError(
    "not-found",
    `cannot make tables: no run in "${project}" has outputs`,
    "write NAME=s3://BUCKET/FOLDER",
  );
}

async function makeDatabase({ glue, act, database, owner }: AthenaPlace): Promise<void> {
  const input = { Name: database, Description: "made by Mayfly", Parameters: { [OWNER]: owner } };
  await act({ do: "glue-database", id: `database-${database}` }, () => glue.createDatabase(input));
}

/** One that lies on this machine only is none of S3's, whatever its URI says. */
function sourceOf({ name, uri, run, output: { path, brought } }: Entry): Source {
  return { name, uri, run, ...(path === "" || brought ? {} : { here: path }) };
}

const leftOut = ({ name, uri }: Source) => ({ name, uri, did: "left out" as const });

async function makeTable(
  source: Source,
  all: GlueTable[],
  inDatabase: () => Promise<void>,
  place: AthenaPlace,
): Promise<MadeTable> {
  const { name, run } = source;
  const uri = `${source.uri.replace(/\/+$/, "")}/`;
  const { database, owner, glue, act } = place;
  const report = await checkAll({ uri, files: LOOKED }, place.stores);
  const [group, other] = report.groups;
  const without = (why: string): MadeTable => ({ ...leftOut(source), uri, why });
  if (!group || other || !report.agree)
    return without(
      group ? `its files do not agree: mayfly data check ${uri}` : "there are no rows in it",
    );
  const keys = group.partitions ?? [];
  const partitions = await partitionValues(uri, keys, place);
  const table = tableOf({
    ...{ name, group, partitions, location: uri.replace(/^s3[an]:/, "s3:") },
    quotes: group.format === "csv" && (await hasQuotes(group.example, place)),
    marks: { [OWNER]: owner, ...(run ? { [RUN]: run } : {}) },
  });
  if (!table) return without(`Athena's tables are no ${group.format} here`);
  const before = all.find((one) => one.Name === table.Name);
  if (before && before.Parameters?.[OWNER] !== owner)
    return without(`the table ${database}.${table.Name} is there, and is not ours`);
  const same =
    before !== undefined && JSON.stringify(brief(before)) === JSON.stringify(brief(table));
  const intent = { do: "glue-table", id: `table-${database}.${table.Name}`, uri };
  await inDatabase();
  if (!before) await act(intent, () => glue.createTable(database, table));
  else if (!same) await act(intent, () => glue.updateTable(database, table));
  const moved = await alignPartitions(
    table,
    partitionsOf(table, partitions, keys),
    before !== undefined,
    place,
  );
  return {
    ...{ name: `${database}.${table.Name}`, uri },
    did: before ? (same && !moved ? "unchanged" : "updated") : "created",
    columns: table.StorageDescriptor.Columns.length + keys.length,
    ...(keys.length > 0 ? { partitions: partitions.length } : {}),
  };
}

/** What we have said of it; Glue adds more. */
function brief({ PartitionKeys = [], StorageDescriptor, Parameters }: GlueTable) {
  const column = ({ Name, Type }: { Name: string; Type: string }) => `${Name} ${Type}`;
  const { Columns, Location, SerdeInfo, InputFormat } = StorageDescriptor;
  const parameters = Object.entries(SerdeInfo.Parameters ?? {}).sort();
  return [
    ...[Columns.map(column), PartitionKeys.map(column), Location, InputFormat],
    ...[
      SerdeInfo.SerializationLibrary,
      parameters,
      Parameters[RUN],
      Parameters["skip.header.line.count"],
    ],
  ];
}

/** Partitions are as the folders are; one that is gone would be read in vain. */
async function alignPartitions(
  table: GlueTable,
  wanted: GluePartition[],
  existed: boolean,
  { glue, act, database }: AthenaPlace,
): Promise<boolean> {
  if (table.PartitionKeys.length === 0) return false;
  const there = existed ? await glue.partitions(database, table.Name) : [];
  const key = ({ Values }: GluePartition) => JSON.stringify(Values);
  const known = new Set(there.map(key));
  const meant = new Set(wanted.map(key));
  const fresh = wanted.filter((one) => !known.has(key(one)));
  const old = there.filter((one) => !meant.has(key(one)));
  const id = `partitions-${database}.${table.Name}`;
  if (old.length > 0)
    await act({ do: "glue-partitions-removed", id: `${id}-old`, count: old.length }, () =>
      glue.deletePartitions(
        database,
        table.Name,
        old.map(({ Values }) => Values),
      ),
    );
  if (fresh.length > 0)
    await act({ do: "glue-partitions", id, count: fresh.length }, () =>
      glue.createPartitions(database, table.Name, fresh),
    );
  return fresh.length + old.length > 0;
}

async function partitionValues(
  uri: string,
  keys: string[],
  { stores }: AthenaPlace,
): Promise<string[][]> {
  if (keys.length === 0) return [];
  const { files } = await dataFilesAt(uri, "look at", stores);
  const found = new Map<string, string[]>();
  for (const { name } of files) {
    const folders = name.split("/").slice(0, -1);
    const values = keys.map((key) => {
      const folder = folders.find((one) => one.startsWith(`${key}=`)) ?? "";
      return decode(folder.slice(key.length + 1));
    });
    found.set(JSON.stringify(values), values);
  }
  return [...found.values()];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The beginning of one file tells how texts are written in all that agree with it. */
async function hasQuotes(uri: string, { stores }: AthenaPlace): Promise<boolean> {
  const { store, path } = await stores.at(uri);
  const item = await store.stat(path);
  if (!item) return false;
  const head = await bytesOf(store, item, () => {}).read(0, 64 * 1024);
  return head.includes('"');
}

export interface Dropped {
  tables: string[];
  database?: string;
  /** Of somebody else, or of nobody we know: they stay. */
  others: number;
}

/** Tables of ours go, and the database when nothing else is in it. The data stay. */
export async function dropTables(place: AthenaPlace, names: string[]): Promise<Dropped> {
  const { glue, act, database, owner } = place;
  const found = await glue.database(database);
  if (!found) return { tables: [], others: 0 };
  const all = await glue.tables(database);
  const wanted = names.map(nameOf);
  const missing = wanted.find((name) => !all.some((one) => one.Name === name));
  if (missing !== undefined)
    throw new MayflyError(
      "not-found",
      `cannot drop the table "${missing}": ${database} has none of that name`,
      all.length > 0 ? `it has ${all.map((one) => one.Name).join(", ")}` : "it has none at all",
    );
  const ours = all.filter(
    (one) =>
      one.Parameters?.[OWNER] === owner && (wanted.length === 0 || wanted.includes(one.Name)),
  );
  const foreign = wanted.find((name) => !ours.some((one) => one.Name === name));
  if (foreign !== undefined)
    throw new MayflyError("refused", `cannot drop the table "${foreign}": it is not ours`);
  for (const { Name } of ours)
    await act({ do: "glue-table-removed", id: `gone-${database}.${Name}` }, () =>
      glue.deleteTable(database, Name),
    );
  const others = all.length - ours.length;
  // With a database Glue removes all that is in it: somebody may have added a table meanwhile.
  const isOurs = others === 0 && found.Parameters?.[OWNER] === owner;
  const empty = isOurs && (await glue.tables(database)).length === 0;
  if (empty)
    await act({ do: "glue-database-removed", id: `gone-${database}` }, () =>
      glue.deleteDatabase(database),
    );
  return {
    tables: ours.map(({ Name }) => `${database}.${Name}`).sort(),
    others,
    ...(empty ? { database } : {}),
  };
}
