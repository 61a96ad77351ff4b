import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readIfThere, writeAtomic } from "../base/files.ts";
import type { Roots } from "../storage/places.ts";

export interface Folders {
  /** Kept with the run: event logs, tables. */
  run: string;
  /** Removed when the run closes. */
  staging: string;
}

/** Settings that every Spark program on the laptop starts from; a job's own settings win. */
export function laptopDefaults(
  folders: Folders,
  roots: Roots,
  liveS3: boolean,
): Record<string, string> {
  const tmp = join(folders.staging, "tmp");
  return {
    "spark.master": "local[*]",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.showConsoleProgress": "false",
    "spark.eventLog.enabled": "true",
    "spark.eventLog.dir": pathToFileURL(join(folders.run, "eventlog")).href,
    "spark.eventLog.compress": "false",
    "spark.eventLog.rolling.enabled": "false",
    "spark.local.dir": tmp,
    // Tables of a run are its own, as they are on a cluster that lives for one job. Spark reads this
    // as a Hadoop path, in which nothing is escaped; the event log's folder above it reads as a URI.
    "spark.sql.warehouse.dir": `file:${join(folders.run, "warehouse")}`,
    "spark.hadoop.javax.jdo.option.ConnectionURL": `jdbc:derby:;databaseName=${join(
      folders.staging,
      "metastore",
    )};create=true`,
    "spark.hadoop.hive.exec.scratchdir": join(tmp, "hive"),
    "spark.hadoop.hive.exec.local.scratchdir": join(tmp, "hive-local"),
    ...folderSchemes(["hdfs", ...(liveS3 ? [] : ["s3", "s3a", "s3n"])]),
    // Hadoop's own defaults name a committer for s3a:// that lies in a jar which Spark does not bring.
    ...(liveS3
      ? {}
      : {
          "spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3a":
            "org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory",
        }),
    // A program that names YARN itself would wait a quarter of an hour for one that is not there.
    "spark.hadoop.yarn.resourcemanager.connect.max-wait.ms": "3000",
    "spark.hadoop.yarn.resourcemanager.connect.retry-interval.ms": "1000",
    "spark.hadoop.ipc.client.connect.max.retries": "1",
    "spark.hadoop.fs.mayfly.s3.root": roots.s3,
    "spark.hadoop.fs.mayfly.hdfs.root": roots.hdfs,
    "spark.hadoop.fs.mayfly.outputs": outputsFile(folders.staging),
    ...Object.fromEntries(
      Object.entries(roots.mounts).map(([bucket, folder]) => [
        `spark.hadoop.fs.mayfly.bucket.${bucket}`,
        folder,
      ]),
    ),
  };
}

/** The file in which our file system notes each folder that a program has finished writing. */
export function outputsFile(staging: string): string {
  return join(staging, "written.txt");
}

function folderSchemes(schemes: string[]): Record<string, string> {
  return Object.fromEntries(
    schemes.flatMap((scheme) => [
      [`spark.hadoop.fs.${scheme}.impl`, "mayfly.FolderFileSystem"],
      // FileContext, which streaming asks first, has a class of its own.
      [`spark.hadoop.fs.AbstractFileSystem.${scheme}.impl`, "mayfly.FolderFs"],
    ]),
  );
}

/** A configuration folder of one step. Settings may hold secrets: its files are the person's alone. */
export function writeConfFolder(
  folder: string,
  conf: Record<string, string>,
  sparkLog: string,
): { settings: string; logging: string } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const files = {
    settings: join(folder, "spark-defaults.conf"),
    logging: join(folder, "log4j2.properties"),
  };
  writeAtomic(files.settings, propertiesText(conf), 0o600);
  writeAtomic(files.logging, log4j(sparkLog), 0o600);
  return files;
}

/** Spark's own words go to a file, so that what the person's program prints can be shown as it is. */
function log4j(file: string): string {
  return [
    "rootLogger.level = info",
    "rootLogger.appenderRef.file.ref = file",
    // Shells have a level of their own, WARN where none is set, and say so on stderr.
    ...[
      "deploy.SparkSubmit",
      "api.python.Py4JServer",
      "repl.Main",
      "sql.hive.thriftserver.SparkSQLCLIDriver",
    ].flatMap((name, i) => [
      `logger.shell${i}.name = org.apache.spark.${name}`,
      `logger.shell${i}.level = info`,
    ]),
    "appender.file.type = File",
    "appender.file.name = file",
    `appender.file.fileName = ${escapeProperty(file.replaceAll("$", "$$$$"))}`,
    "appender.file.layout.type = PatternLayout",
    "appender.file.layout.pattern = %d{yyyy-MM-dd'T'HH:mm:ss.SSS} %p %c{1}: %m%n%ex",
    "",
  ].join("\n");
}

/** `spark-defaults.conf` and `--properties-file`: Java properties, key and value parted by space, = or :. */
export function readProperties(path: string): Record<string, string> {
  const found: Record<string, string> = {};
  const joined = (readIfThere(path) ?? "").replace(/\\\r?\n[ \t]*/g, "");
  for (const line of joined.split(/\r?\n/)) {
    const match = /^\s*((?:\\.|[^\s=:#!\\])(?:\\.|[^\s=:\\])*)(?:\s*[=:]\s*|\s+)?(.*)$/.exec(line);
    if (match?.[1]) found[unescapeProperty(match[1])] = unescapeProperty(match[2] ?? "").trim();
  }
  return found;
}

function propertiesText(conf: Record<string, string>): string {
  return Object.entries(conf)
    .map(([key, value]) => `${escapeProperty(key)}=${escapeProperty(value)}\n`)
    .join("");
}

function escapeProperty(text: string): string {
  return text
    .replace(/[\\=:#!]/g, (c) => `\\${c}`)
    .replace(/\n/g, "\\n")
    .replace(/\r/g, "\\r")
    .replace(/\t/g, "\\t")
    .replace(/\f/g, "\\f")
    .replaceAll(" ", "\\ ")
    .replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function unescapeProperty(text: string): string {
  const plain: Record<string, string> = { n: "\n", r: "\r", t: "\t", f: "\f" };
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/g, (_, c: string) =>
    c.length === 5 ? String.fromCharCode(Number.parseInt(c.slice(1), 16)) : (plain[c] ?? c),
  );
}
