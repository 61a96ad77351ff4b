import { isSymbol, lex } from "../sql/lex.ts";

/**
 * Table functions of DuckDB that only read: files that were named, what a text itself says, what is known of tables. A test
 * holds both lists against the DuckDB that is installed.
 */
export const READING = new Set(
  `duckdb_optimizers duckdb_types json_each duckdb_constraints duckdb_approx_database_count duckdb_columns
  duckdb_connection_count duckdb_coordinate_systems duckdb_databases duckdb_dependencies duckdb_indexes repeat read_csv_auto
  read_json_auto read_json_objects read_ndjson_objects read_parquet repeat_row summary test_all_types read_blob
  parquet_full_metadata pg_timezone_names pragma_database_size pragma_metadata_info range pragma_version pragma_table_info
  pragma_storage_info pragma_show duckdb_variables duckdb_prepared_statements duckdb_schemas duckdb_secret_types
  duckdb_sequences duckdb_settings duckdb_tables duckdb_table_sample duckdb_memory duckdb_views generate_series glob
  icu_calendar_names duckdb_extensions duckdb_functions duckdb_keywords read_json read_json_objects_auto read_ndjson
  read_ndjson_auto read_text parquet_bloom_probe sniff_csv sql_auto_complete test_vector_types unnest json_tree read_csv
  parquet_file_metadata parquet_kv_metadata parquet_metadata parquet_scan parquet_schema pragma_collations pragma_platform
  pragma_user_agent check_peg_parser`.split(/\s+/),
);

/** They change something in spite of the lock, take addresses in memory, or run a text that nobody has looked at. */
export const DENIED = new Set(
  `enable_logging disable_logging truncate_duckdb_logs duckdb_logs duckdb_log_contexts write_log enable_profiling
  disable_profiling enable_peg_parser disable_peg_parser checkpoint force_checkpoint query query_table
  json_execute_serialized_sql read_duckdb seq_scan arrow_scan arrow_scan_dumb which_secret duckdb_secrets
  duckdb_external_file_cache duckdb_temporary_files`.split(/\s+/),
);

/**
 * Pieces of a text that nobody reads in two ways. With others in it (E'…', $tag$, letters that might be space) DuckDB could take
 * for code what passes here for text.
 */
const PLAIN =
  /'[^']*'|"[^"]*"|--[^\r\n]*(?:\r?\n|$)|\/\*(?:(?!\/\*|\*\/)[\s\S])*\*\/|\$?[\p{L}\p{N}_]+(?![\p{L}\p{N}_$'"])|[ \t\r\n!#%()*+,.:;<=>?@[\]^{|}~]|-(?!-)|\/(?!\*)|&(?!['"])/uy;

function isPlain(sql: string): boolean {
  for (PLAIN.lastIndex = 0; PLAIN.lastIndex < sql.length; ) if (!PLAIN.test(sql)) return false;
  return true;
}

/** Wherever it stands in a text; in one that may be read in two ways its name alone is enough. */
export function deniedIn(sql: string): string | undefined {
  const lower = sql.toLowerCase();
  const named = [...DENIED].filter((name) => lower.includes(name));
  if (named.length === 0) return undefined;
  const tokens = lex(sql);
  const called = tokens.find(
    ({ kind, value }, i) =>
      (kind === "word" || kind === "quoted") &&
      DENIED.has(value.toLowerCase()) &&
      (isSymbol(tokens[i + 1], "(") || value.toLowerCase().startsWith("duckdb_")),
  )?.value;
  return called ?? (isPlain(sql) ? undefined : named[0]);
}
