import type { Answered } from "../servers/small-aws.ts";

type Input = Record<string, unknown> & { Name?: string };
interface Table extends Input {
  partitions: { Values: string[] }[];
}

/** Glue's catalog as a map, and an Athena that answers every query with the same two rows; one that says "endless" when it is stopped. */
export function smallAthena() {
  const databases = new Map<string, { input: Input; tables: Map<string, Table> }>();
  const sql: string[] = [];
  const stopped = new Set<unknown>();
  const missing = {
    status: 400,
    body: '{"__type":"EntityNotFoundException","message":"not found"}',
  };
  // As AWS says it of a workgroup that names no place.
  const noPlace = {
    status: 400,
    body: '{"__type":"InvalidRequestException","message":"No output location provided. An output location is required"}',
  };
  const found = (name: unknown) => databases.get(String(name));
  const partitionsOf = ({ DatabaseName, TableName }: Input) =>
    found(DatabaseName)?.tables.get(String(TableName));

  const glue: Record<string, (input: Input) => object | undefined> = {
    GetDatabase: ({ Name }) => found(Name) && { Database: found(Name)?.input },
    CreateDatabase({ DatabaseInput }) {
      const input = DatabaseInput as Input;
      databases.set(String(input.Name), { input, tables: new Map() });
      return {};
    },
    DeleteDatabase: ({ Name }) => (databases.delete(String(Name)) ? {} : undefined),
    GetTables: ({ DatabaseName }) =>
      found(DatabaseName) && { TableList: [...(found(DatabaseName)?.tables.values() ?? [])] },
    CreateTable({ DatabaseName, TableInput }) {
      const input = TableInput as Input;
      found(DatabaseName)?.tables.set(String(input.Name), { ...input, partitions: [] });
      return found(DatabaseName) && {};
    },
    UpdateTable({ DatabaseName, TableInput }) {
      const input = TableInput as Input;
      const table = found(DatabaseName)?.tables.get(String(input.Name));
      return table && Object.assign(table, input) && {};
    },
    DeleteTable: ({ DatabaseName, Name }) =>
      found(DatabaseName)?.tables.delete(String(Name)) ? {} : undefined,
    GetPartitions: (input) =>
      partitionsOf(input) && { Partitions: partitionsOf(input)?.partitions },
    BatchCreatePartition(input) {
      partitionsOf(input)?.partitions.push(...(input.PartitionInputList as Table["partitions"]));
      return {};
    },
    DeletePartition(input) {
      const table = partitionsOf(input);
      if (!table) return undefined;
      const gone = JSON.stringify(input.PartitionValues);
      table.partitions = table.partitions.filter(({ Values }) => JSON.stringify(Values) !== gone);
      return {};
    },
  };
  const row = (...texts: (string | undefined)[]) => ({
    Data: texts.map((text) => (text === undefined ? {} : { VarCharValue: text })),
  });
  const statusOf = (id: unknown) => {
    const text = sql[Number(String(id).replace("query-", "")) - 1] ?? "";
    if (stopped.has(id)) return { State: "CANCELLED" };
    if (text.includes("endless")) return { State: "RUNNING" };
    if (!text.includes("nothing")) return { State: "SUCCEEDED" };
    const StateChangeReason = "COLUMN_NOT_FOUND: line 1:8: Column 'nothing' cannot be resolved";
    return { State: "FAILED", StateChangeReason };
  };
  const athena: Record<string, (input: Input) => object | undefined> = {
    GetWorkGroup: () => ({ WorkGroup: {} }),
    StartQueryExecution({ QueryString }) {
      sql.push(String(QueryString));
      return { QueryExecutionId: `query-${sql.length}` };
    },
    GetQueryExecution: ({ QueryExecutionId }) => ({
      QueryExecution: {
        StatementType: "DML",
        Status: statusOf(QueryExecutionId),
        Statistics: { DataScannedInBytes: 3 * 2 ** 30 },
      },
    }),
    GetQueryResults: ({ NextToken }) => ({
      ResultSet: {
        Rows: NextToken
          ? [row("9007199254740993", undefined, "2024-01-02 03:04:05.000")]
          : [row("n", "word", "at"), row("1", "one", "2024-01-02 03:04:05.000")],
        ResultSetMetadata: {
          ColumnInfo: [
            { Name: "n", Type: "bigint" },
            { Name: "word", Type: "varchar" },
            { Name: "at", Type: "timestamp" },
          ],
        },
      },
      ...(NextToken ? {} : { NextToken: "more" }),
    }),
    StopQueryExecution({ QueryExecutionId }) {
      stopped.add(QueryExecutionId);
      return {};
    },
  };
  const answer =
    (operations: typeof glue) =>
    (operation: string, body: Buffer): Answered => {
      const input = JSON.parse(body.toString() || "{}") as Input;
      if (operation === "StartQueryExecution" && !input.ResultConfiguration) return noPlace;
      const said = operations[operation]?.(input);
      return said ? { status: 200, body: JSON.stringify(said) } : missing;
    };
  return { databases, sql, stopped, services: { glue: answer(glue), athena: answer(athena) } };
}
