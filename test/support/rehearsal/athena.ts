import { eventually } from "../eventually.ts";
import type { ClientWorld } from "./clients.ts";

const FORMATS = {
  csv: {
    InputFormat: "org.apache.hadoop.mapred.TextInputFormat",
    OutputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    SerdeInfo: {
      SerializationLibrary: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
      Parameters: { "field.delim": "," },
    },
  },
  parquet: {
    InputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    OutputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    SerdeInfo: {
      SerializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    },
  },
};

export interface Table {
  format: keyof typeof FORMATS;
  name: string;
  at: string;
  /** Types by names. */
  columns: Record<string, string>;
}

/** A database "db" in Glue's catalog, made by aws-cli, with a table. */
export async function makeTable({ aws }: ClientWorld, table: Table): Promise<void> {
  await aws("glue", "create-database", "--database-input", "Name=db");
  const input = {
    Name: table.name,
    TableType: "EXTERNAL_TABLE",
    StorageDescriptor: {
      Columns: Object.entries(table.columns).map(([Name, Type]) => ({ Name, Type })),
      Location: table.at,
      ...FORMATS[table.format],
    },
  };
  await aws(
    ...["glue", "create-table", "--database-name", "db", "--table-input", JSON.stringify(input)],
  );
}

/** What became of a query in this database by aws-cli, and its rows; the first one names the columns. */
export async function query({ asked }: ClientWorld, sql: string, output: string) {
  const { QueryExecutionId: id } = await asked<{ QueryExecutionId: string }>(
    ...["athena", "start-query-execution", "--query-string", sql],
    ...["--query-execution-context", "Database=db"],
    ...["--result-configuration", `OutputLocation=${output}`],
  );
  const { Status } = await eventually("the end of a query", async () => {
    const { QueryExecution } = await asked<{ QueryExecution: { Status: { State: string } } }>(
      ...["athena", "get-query-execution", "--query-execution-id", id],
    );
    return /QUEUED|RUNNING/.test(QueryExecution.Status.State) ? undefined : QueryExecution;
  });
  const rows: string[][] = [];
  if (Status.State === "SUCCEEDED") {
    const { ResultSet } = await asked<{
      ResultSet: { Rows: { Data: { VarCharValue: string }[] }[] };
    }>("athena", "get-query-results", "--query-execution-id", id);
    rows.push(...ResultSet.Rows.map(({ Data }) => Data.map(({ VarCharValue }) => VarCharValue)));
  }
  return { status: Status, rows };
}
