import { askJson } from "./ask-json.ts";
import type { Session } from "./session.ts";

export interface Athena {
  /** With a token, so that a lost reply does not make two. */
  start(wish: AthenaWish): Promise<string>;
  execution(id: string): Promise<AthenaExecution>;
  results(id: string, next: string | undefined): Promise<AthenaResults>;
  stop(id: string): Promise<void>;
  /** Where a workgroup puts results; undefined where it does not say. */
  resultsOf(workgroup: string): Promise<string | undefined>;
}

export interface AthenaWish {
  sql: string;
  database: string;
  workgroup: string;
  /** The workgroup's own otherwise. */
  location?: string;
  token: string;
}

export interface AthenaExecution {
  StatementType?: string;
  Status: { State: string; StateChangeReason?: string };
  Statistics?: { DataScannedInBytes?: number; EngineExecutionTimeInMillis?: number };
  ResultConfiguration?: { OutputLocation?: string };
}

export interface AthenaResults {
  ResultSet: {
    Rows: { Data: { VarCharValue?: string }[] }[];
    ResultSetMetadata?: { ColumnInfo: { Name: string; Type: string }[] };
  };
  NextToken?: string;
}

export function openAthena(session: Session): Athena {
  const ask = askJson(session, { service: "athena", target: "AmazonAthena" });
  return {
    async start({ sql, database, workgroup, location, token }) {
      const { QueryExecutionId } = await ask<{ QueryExecutionId: string }>("StartQueryExecution", {
        QueryString: sql,
        ClientRequestToken: token,
        QueryExecutionContext: { Database: database },
        WorkGroup: workgroup,
        ...(location ? { ResultConfiguration: { OutputLocation: location } } : {}),
      });
      return QueryExecutionId;
    },
    async execution(QueryExecutionId) {
      const asked = ask<{ QueryExecution: AthenaExecution }>("GetQueryExecution", {
        QueryExecutionId,
      });
      return (await asked).QueryExecution;
    },
    results: (QueryExecutionId, NextToken) =>
      ask("GetQueryResults", { QueryExecutionId, ...(NextToken ? { NextToken } : {}) }),
    async stop(QueryExecutionId) {
      await ask("StopQueryExecution", { QueryExecutionId });
    },
    async resultsOf(WorkGroup) {
      const { WorkGroup: found } = await ask<{
        WorkGroup?: { Configuration?: { ResultConfiguration?: { OutputLocation?: string } } };
      }>("GetWorkGroup", { WorkGroup });
      return found?.Configuration?.ResultConfiguration?.OutputLocation || undefined;
    },
  };
}
