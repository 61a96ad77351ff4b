import { plural } from "../../../base/format.ts";
import type { Problem } from "../../../storage/formats/types.ts";
import type { Checked } from "../check/check.ts";
import type { Difference } from "../check/differ.ts";
import { allBelow } from "../check/layout.ts";

type Kind = (Problem | Difference)["kind"] | "renamed";
type Kinds = Map<Kind, number>;

/** What Spark 3.5 makes of these files when it is told to read the prefix; each sentence is tried on Spark in a test,
 * but for those about Avro and zstd, which were tried by hand: they need a package, or other libraries. */
export function whatSparkDoes(checked: Checked): string[] {
  const [main] = checked.groups;
  const kinds = countKinds(checked);
  const told = [...ofLayout(checked), ...ofFiles(kinds)];
  switch (main?.format) {
    case "csv":
      return [...told, ...ofCsv(kinds, checked)];
    case "json":
      return [...told, ...ofJson(kinds, checked)];
    case "parquet":
      return [...told, ...ofParquet(kinds)];
    case "orc":
      return [...told, ...ofOrc(kinds)];
    case "avro":
      return [...told, ...ofAvro(kinds)];
    default:
      return told;
  }
}

/** In how many files something is found, once a file. */
function countKinds({ odd, unread }: Checked): Kinds {
  const kinds: Kinds = new Map();
  for (const { problems } of [...odd, ...unread])
    for (const kind of kindsOf(problems)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return kinds;
}

/** A column less and one more are one in the place of the other. */
function kindsOf(problems: readonly { kind: Kind }[]): Set<Kind> {
  const kinds = new Set(problems.map(({ kind }) => kind));
  return kinds.has("missing") && kinds.has("extra") ? kinds.add("renamed") : kinds;
}

const some = (kinds: Kinds, ...names: Kind[]) => {
  const count = Math.max(0, ...names.map((name) => kinds.get(name) ?? 0));
  return count === 0 ? undefined : plural(count, "file");
};

function ofLayout({ looked, groups }: Checked): string[] {
  const told: string[] = [];
  if (allBelow(looked)) {
    told.push(
      "All files lie in folders below that are not called k=v: Spark finds nothing to read there, unless recursiveFileLookup is set or a pattern names the folders.",
    );
  }
  const packings = new Set(looked.map((file) => file.look.packing));
  if (packings.has("zstd")) {
    told.push(
      "Text packed with zstd needs Hadoop's native library; Spark from PyPI has none and fails: native zStandard library not available.",
    );
  }
  const [main] = groups;
  if (main?.format === "text")
    told.push("Text without columns is read by spark.read.text, a row a line.");
  return told;
}

function ofFiles(kinds: Kinds): string[] {
  const told: string[] = [];
  const partitions = some(kinds, "partitions");
  if (partitions)
    told.push(
      `Partition folders of different names (${partitions}) end the read: Conflicting partition column names detected.`,
    );
  const layout = some(kinds, "layout");
  if (layout)
    told.push(
      `Spark goes down only into folders called k=v: ${layout} would be left out, without an error.`,
    );
  const packed = some(kinds, "packed");
  if (packed)
    told.push(
      `Spark unpacks by the name alone: packed bytes without such a name are taken for text, without an error; a name that lies ends the read (${packed}).`,
    );
  const format = some(kinds, "format", "name");
  if (format)
    told.push(
      `Spark reads every file as the format it is told, whatever is in it: as text the content of ${format} becomes rows without an error, as Parquet, ORC or packed text it ends the read.`,
    );
  return told;
}

function ofCsv(kinds: Kinds, { groups }: Checked): string[] {
  const told: string[] = [];
  const moved = some(kinds, "order", "renamed");
  const longer = some(kinds, "missing", "extra");
  if (!moved && longer) {
    told.push(
      `CSV is read by position, with the header of one file for all: columns at the end that a file has less are null, those that it has more are dropped, without an error (${longer}).`,
    );
  }
  if (some(kinds, "case"))
    told.push("Names of CSV columns are those of one file, whatever the others call them.");
  if (moved) {
    told.push(
      `CSV is read by position. Spark takes the header of one file for all, leaves out the first line of each, and puts the values of ${moved} into the wrong columns, without an error. A schema of your own changes nothing in that; with enforceSchema=false Spark at least refuses such a file.`,
    );
  }
  const header = some(kinds, "header");
  if (header)
    told.push(
      `Whether there is a header is said once for all files: with header=true the first row of a file without one is lost, without it header lines become rows (${header}).`,
    );
  const delimiter = some(kinds, "delimiter");
  if (delimiter)
    told.push(
      `With another delimiter each line of ${delimiter} ends up in the first column, and null in the others, without an error.`,
    );
  const encoding = some(kinds, "encoding");
  if (encoding) told.push(`In ${encoding} letters beyond ASCII become \uFFFD, without an error.`);
  const type = some(kinds, "type");
  if (type)
    told.push(
      `With inferSchema a column of two types is a string in all files; with a schema, what does not fit is null, without an error (${type}).`,
    );
  const ragged = some(kinds, "ragged");
  if (ragged)
    told.push(
      `Cells that a row has less are null, those it has more are dropped, without an error (${ragged}).`,
    );
  if (groups.some((group) => group.multiLine))
    told.push("Cells with line ends are cut into rows unless multiLine=true.");
  if (groups.some((group) => group.encoding?.startsWith("UTF-16")))
    told.push("UTF-16 is read right only with encoding=UTF-16 and multiLine=true.");
  return told;
}

function ofJson(kinds: Kinds, { groups }: Checked): string[] {
  const told: string[] = [];
  const fields = some(kinds, "missing", "extra");
  if (fields)
    told.push(
      `Spark reads all files to find all fields; where one is missing it is null (${fields}).`,
    );
  if (some(kinds, "case"))
    told.push(
      "Of fields whose names differ in case alone Spark keeps one, and the values of the other are null, without an error.",
    );
  const type = some(kinds, "type");
  if (type) told.push(`A field of two types becomes a string in all files (${type}).`);
  if (some(kinds, "multiLine"))
    told.push(
      "With multiLine=true Spark reads the first row of a file of lines and no more; without it a document over several lines becomes rows of _corrupt_record.",
    );
  else if (groups[0]?.multiLine)
    told.push(
      "A document over several lines needs multiLine=true; without, it becomes rows of _corrupt_record.",
    );
  if (some(kinds, "damaged"))
    told.push("A line that is no JSON becomes a row with nothing but _corrupt_record.");
  return told;
}

const ONE_FILE = (files: string) =>
  `Spark takes the columns of one file: those that only others have are left out, without an error, and where one is missing it is null (${files}). mergeSchema=true takes the columns of all.`;

function ofParquet(kinds: Kinds): string[] {
  const told: string[] = [];
  const columns = some(kinds, "missing", "extra");
  if (columns) told.push(ONE_FILE(columns));
  const type = some(kinds, "type");
  if (type)
    told.push(
      `Spark ends while reading: Parquet column cannot be converted (${type}). mergeSchema=true ends sooner: CANNOT_MERGE_SCHEMAS.`,
    );
  const cut = some(kinds, "cut", "damaged");
  if (cut) told.push(`Spark ends while reading: is not a Parquet file (${cut}).`);
  const empty = some(kinds, "empty");
  if (empty)
    told.push(
      `An empty file is no Parquet file: Spark passes over it, or ends when it is the one whose columns it takes (${empty}).`,
    );
  return told;
}

function ofOrc(kinds: Kinds): string[] {
  const told: string[] = [];
  const columns = some(kinds, "missing", "extra");
  if (columns) told.push(ONE_FILE(columns));
  const type = some(kinds, "type");
  if (type)
    told.push(
      `Spark takes the type of one file; what cannot be converted to it is null, without an error (${type}). mergeSchema=true ends: CANNOT_MERGE_SCHEMAS.`,
    );
  const cut = some(kinds, "cut", "damaged");
  if (cut) told.push(`Spark ends while reading a file that is cut off (${cut}).`);
  return told;
}

function ofAvro(kinds: Kinds): string[] {
  const told: string[] = [];
  const columns = some(kinds, "missing", "extra");
  if (columns) told.push(ONE_FILE(columns).replace(/ mergeSchema.*/, ""));
  const type = some(kinds, "type");
  if (type) told.push(`Spark ends while reading: Cannot convert Avro field (${type}).`);
  return told;
}
