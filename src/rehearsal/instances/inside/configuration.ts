import { liveS3 } from "../../../spark/live-s3.ts";
import type { InstanceWish } from "../../instances.ts";
import { escapeMarkup } from "../../markup.ts";
import type { Software } from "../software.ts";
import { clusterSettings, environmentFile } from "./classifications.ts";
import { IN } from "./places.ts";

/** The settings that all programs of a cluster start from, where EMR has them. */
export function configurationFiles(
  wish: InstanceWish,
  software: Software,
  place: (path: string) => string = (path) => path,
): Record<string, string> {
  if (!software.spark) return {};
  const { runtime } = software.spark;
  const live = liveS3(runtime.hadoop, wish.aws).conf;
  const hadoop = {
    "fs.defaultFS": `hdfs://${wish.clusterId.toLowerCase()}:8020`,
    "fs.hdfs.impl": "mayfly.FolderFileSystem",
    "fs.AbstractFileSystem.hdfs.impl": "mayfly.FolderFs",
    "fs.mayfly.hdfs.root": place(IN.hdfs),
    "hadoop.tmp.dir": place("/mnt/tmp/hadoop"),
    // Programs of MapReduce run in one process: there is no YARN behind it.
    "mapreduce.framework.name": "local",
    "mapreduce.cluster.local.dir": place("/mnt/tmp/mapred"),
    "mapreduce.jobtracker.staging.root.dir": place("/tmp/hadoop-staging"),
    "fs.s3a.buffer.dir": place("/mnt/s3"),
    ...COMMITTER,
    ...Object.fromEntries(
      Object.entries(live).map(([name, value]) => [name.replace(/^spark\.hadoop\./, ""), value]),
    ),
  };
  const jars = `${place(IN.jar)}:${place(IN.jars)}/*`;
  const spark = {
    "spark.master": "local[*]",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraClassPath": jars,
    "spark.executor.extraClassPath": jars,
    "spark.ui.showConsoleProgress": "false",
    "spark.ui.enabled": "false",
    "spark.eventLog.enabled": "true",
    "spark.eventLog.dir": `file://${place("/var/log/spark/apps")}`,
    "spark.eventLog.compress": "false",
    "spark.eventLog.rolling.enabled": "false",
    "spark.history.fs.logDirectory": `file://${place("/var/log/spark/apps")}`,
    "spark.local.dir": place("/mnt/tmp"),
    "spark.sql.warehouse.dir": "hdfs:///user/spark/warehouse",
    "spark.hadoop.javax.jdo.option.ConnectionURL": `jdbc:derby:;databaseName=${place("/mnt/tmp/metastore")};create=true`,
  };
  const own = clusterSettings(wish.configurations ?? []);
  return {
    "etc/hadoop/conf/core-site.xml": siteFile({ ...hadoop, ...own.hadoop }),
    "etc/spark/conf/spark-defaults.conf": properties({ ...spark, ...own.spark }),
    "etc/spark/conf/spark-env.sh": environmentFile(own.environment),
    "etc/hadoop/conf/log4j2-info.properties": log4j("info"),
    "etc/hadoop/conf/log4j2-warn.properties": log4j("warn"),
    "etc/spark/conf/log4j2.properties": log4j("info"),
    "var/log/spark/apps/.keep": "",
  };
}

/**
 * Hadoop names a committer of S3A's own for s3a://, which Spark writes past unless its module for clouds is there:
 * files are written aside and renamed, as on any other file system, for all three names of S3.
 */
const COMMITTER = Object.fromEntries(
  ["s3", "s3a", "s3n"].map((scheme) => [
    `mapreduce.outputcommitter.factory.scheme.${scheme}`,
    "org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory",
  ]),
);

const log4j = (level: string) => `rootLogger.level = ${level}
rootLogger.appenderRef.stderr.ref = stderr
logger.native.name = org.apache.hadoop.util.NativeCodeLoader
logger.native.level = error
logger.metrics.name = org.apache.hadoop.metrics2
logger.metrics.level = error
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n%ex
`;

export function siteFile(settings: Record<string, string>): string {
  const lines = Object.entries(settings).map(
    ([name, value]) =>
      `<property><name>${escapeMarkup(name)}</name><value>${escapeMarkup(value)}</value></property>`,
  );
  return `<?xml version="1.0"?>\n<configuration>\n${lines.join("\n")}\n</configuration>\n`;
}

function properties(settings: Record<string, string>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value}\n`)
    .join("");
}
