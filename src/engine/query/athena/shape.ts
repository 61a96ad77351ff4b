import type { GlueColumn, GluePartition, GlueStorage, GlueTable } from "../../../aws/glue.ts";
import type { GroupReport } from "../../data/report/report.ts";
import { nameOf } from "./place.ts";

const HIVE = "org.apache.hadoop.hive";
const TEXT = {
  InputFormat: "org.apache.hadoop.mapred.TextInputFormat",
  OutputFormat: `${HIVE}.ql.io.HiveIgnoreKeyTextOutputFormat`,
};
const FORMATS: Record<string, Omit<GlueStorage, "Columns" | "Location">> = {
  parquet: {
    InputFormat: `${HIVE}.ql.io.parquet.MapredParquetInputFormat`,
    OutputFormat: `${HIVE}.ql.io.parquet.MapredParquetOutputFormat`,
    SerdeInfo: { SerializationLibrary: `${HIVE}.ql.io.parquet.serde.ParquetHiveSerDe` },
  },
  orc: {
    InputFormat: `${HIVE}.ql.io.orc.OrcInputFormat`,
    OutputFormat: `${HIVE}.ql.io.orc.OrcOutputFormat`,
    SerdeInfo: { SerializationLibrary: `${HIVE}.ql.io.orc.OrcSerde` },
  },
  json: { ...TEXT, SerdeInfo: { SerializationLibrary: "org.openx.data.jsonserde.JsonSerDe" } },
  csv: { ...TEXT, SerdeInfo: { SerializationLibrary: `${HIVE}.serde2.lazy.LazySimpleSerDe` } },
};

export interface Shape {
  name: string;
  /** Ends with a slash. */
  location: string;
  group: GroupReport;
  /** Of folders like `day=1/`: their values, in the order of the columns. */
  partitions: string[][];
  marks: Record<string, string>;
  /** CSV with quotes around texts. */
  quotes: boolean;
}

/** Undefined for what Athena has no reader of. */
export function tableOf(shape: Shape): GlueTable | undefined {
  const { name, location, group, partitions, marks, quotes } = shape;
  const format = FORMATS[group.format];
  if (!format) return undefined;
  const keys = group.partitions ?? [];
  const columns = group.columns
    .filter((one) => !keys.includes(one.name))
    .map((one) => ({ Name: columnName(one.name), Type: glueType(one.type) }));
  const csv = group.format === "csv" ? csvOf(group, quotes) : undefined;
  return {
    Name: nameOf(name),
    TableType: "EXTERNAL_TABLE",
    Parameters: {
      ...marks,
      EXTERNAL: "TRUE",
      classification: group.format,
      ...(csv && group.header ? { "skip.header.line.count": "1" } : {}),
    },
    PartitionKeys: keys.map((key, i) => ({
      Name: columnName(key),
      Type: partitionType(partitions.map((values) => values[i] ?? "")),
    })),
    StorageDescriptor: {
      // With quotes every value is text for the reader that knows them.
      Columns:
        csv && quotes ? columns.map((one): GlueColumn => ({ ...one, Type: "string" })) : columns,
      Location: location,
      ...format,
      ...(csv ? { SerdeInfo: csv } : {}),
    },
  };
}

function csvOf({ delimiter = "," }: GroupReport, quotes: boolean): GlueStorage["SerdeInfo"] {
  return quotes
    ? {
        SerializationLibrary: `${HIVE}.serde2.OpenCSVSerde`,
        Parameters: { separatorChar: delimiter, quoteChar: '"', escapeChar: "\\" },
      }
    : {
        SerializationLibrary: `${HIVE}.serde2.lazy.LazySimpleSerDe`,
        Parameters: { "field.delim": delimiter, "serialization.format": delimiter },
      };
}

export function partitionsOf(
  table: GlueTable,
  partitions: string[][],
  keys: string[],
): GluePartition[] {
  const { StorageDescriptor } = table;
  return partitions.map((values) => {
    const below = keys.map((key, i) => `${key}=${encode(values[i] ?? "")}/`).join("");
    const Location = `${StorageDescriptor.Location}${below}`;
    return { Values: values, StorageDescriptor: { ...StorageDescriptor, Location } };
  });
}

/** As Spark and Hive write a value into the name of a folder. */
const encode = (value: string) =>
  value.replace(
    /\p{Cc}|["#%'*/:=?\\{[\]^]/gu,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );

const columnName = (name: string) => name.toLowerCase();

/** Spark's words are Hive's, but for spaces and for times without a zone. */
export function glueType(type: string): string {
  return type
    .replaceAll(/`([^`]*)`/g, "$1")
    .replaceAll(/\s*([:,<>])\s*/g, "$1")
    .replaceAll("timestamp_ntz", "timestamp")
    .replaceAll(/\b(?:void|null|interval)\b/g, "string")
    .toLowerCase();
}

/** As Spark tells them from their values. */
function partitionType(values: string[]): string {
  const all = (pattern: RegExp) =>
    values.length > 0 && values.every((value) => pattern.test(value));
  if (all(/^-?\d{1,9}$/)) return "int";
  if (all(/^-?\d{1,18}$/)) return "bigint";
  if (all(/^\d{4}-\d\d-\d\d$/)) return "date";
  return "string";
}
