import { askJson } from "./ask-json.ts";
import { unless } from "./asking.ts";
import type { Session } from "./session.ts";

/** Of Glue's catalog what tables for Athena need. */
export interface Glue {
  database(name: string): Promise<GlueDatabase | undefined>;
  createDatabase(input: GlueDatabase): Promise<void>;
  deleteDatabase(name: string): Promise<void>;
  tables(database: string): Promise<GlueTable[]>;
  createTable(database: string, table: GlueTable): Promise<void>;
  updateTable(database: string, table: GlueTable): Promise<void>;
  deleteTable(database: string, name: string): Promise<void>;
  partitions(database: string, table: string): Promise<GluePartition[]>;
  createPartitions(database: string, table: string, all: GluePartition[]): Promise<void>;
  deletePartitions(database: string, table: string, values: string[][]): Promise<void>;
}

export interface GlueDatabase {
  Name: string;
  Description?: string;
  Parameters?: Record<string, string>;
}

export interface GlueColumn {
  Name: string;
  Type: string;
}

export interface GlueStorage {
  Columns: GlueColumn[];
  Location: string;
  InputFormat: string;
  OutputFormat: string;
  SerdeInfo: { SerializationLibrary: string; Parameters?: Record<string, string> };
}

/** As it is given, and as it comes back; that has more members. */
export interface GlueTable {
  Name: string;
  TableType: "EXTERNAL_TABLE";
  Parameters: Record<string, string>;
  PartitionKeys: GlueColumn[];
  StorageDescriptor: GlueStorage;
}

export interface GluePartition {
  Values: string[];
  StorageDescriptor: GlueStorage;
}

/** As many as one request may create (botocore `glue/2017-03-31`). */
const CREATED_AT_ONCE = 100;

export function openGlue(session: Session): Glue {
  const ask = askJson(session, { service: "glue", target: "AWSGlue" });
  const all = async <T>(operation: string, input: object, member: string): Promise<T[]> => {
    const found: T[] = [];
    let NextToken: string | undefined;
    do {
      const page = await ask<Record<string, T[]> & { NextToken?: string }>(operation, {
        ...input,
        ...(NextToken ? { NextToken } : {}),
      });
      found.push(...(page[member] ?? []));
      NextToken = page.NextToken;
    } while (NextToken);
    return found;
  };
  const gone = unless("EntityNotFoundException");
  return {
    async database(Name) {
      const found = await ask<{ Database: GlueDatabase }>("GetDatabase", { Name }).catch(gone);
      return found?.Database;
    },
    async createDatabase(DatabaseInput) {
      await ask("CreateDatabase", { DatabaseInput }).catch(unless("AlreadyExistsException"));
    },
    async deleteDatabase(Name) {
      await ask("DeleteDatabase", { Name }).catch(gone);
    },
    tables: (DatabaseName) => all<GlueTable>("GetTables", { DatabaseName }, "TableList"),
    async createTable(DatabaseName, TableInput) {
      await ask("CreateTable", { DatabaseName, TableInput });
    },
    async updateTable(DatabaseName, TableInput) {
      await ask("UpdateTable", { DatabaseName, TableInput });
    },
    async deleteTable(DatabaseName, Name) {
      await ask("DeleteTable", { DatabaseName, Name }).catch(gone);
    },
    partitions: (DatabaseName, TableName) =>
      all<GluePartition>("GetPartitions", { DatabaseName, TableName }, "Partitions"),
    async createPartitions(DatabaseName, TableName, list) {
      for (let i = 0; i < list.length; i += CREATED_AT_ONCE) {
        const PartitionInputList = list.slice(i, i + CREATED_AT_ONCE);
        await ask("BatchCreatePartition", { DatabaseName, TableName, PartitionInputList });
      }
    },
    async deletePartitions(DatabaseName, TableName, values) {
      for (const PartitionValues of values)
        await ask("DeletePartition", { DatabaseName, TableName, PartitionValues }).catch(gone);
    },
  };
}
