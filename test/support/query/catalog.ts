import { openGlue } from "../../../src/aws/glue.ts";
import { openSession } from "../../../src/aws/session.ts";

/** Glue's catalog as somebody else would use it. */
export async function database(env: NodeJS.ProcessEnv, name: string) {
  const glue = openGlue(await openSession({ env }));
  return {
    createTable: (table: string) =>
      glue.createTable(name, {
        Name: table,
        TableType: "EXTERNAL_TABLE",
        Parameters: {},
        PartitionKeys: [],
        StorageDescriptor: {
          Columns: [{ Name: "a", Type: "string" }],
          Location: "s3://demo/theirs/",
          InputFormat: "org.apache.hadoop.mapred.TextInputFormat",
          OutputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
          SerdeInfo: { SerializationLibrary: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe" },
        },
      }),
    tables: async () => (await glue.tables(name)).map(({ Name }) => Name),
  };
}
