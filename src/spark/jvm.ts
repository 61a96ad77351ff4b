import { join } from "node:path";
import { readIfThere } from "../base/files.ts";

export interface Command {
  command: string;
  args: string[];
}

export interface Jvm {
  javaHome: string;
  sparkHome: string;
  confFolder: string;
  tmp: string;
  /** The jar with our file system. */
  ownJar: string;
  conf: Record<string, string>;
}

/** Spark's own list (JavaModuleOptions); packages that a Spark version does not need do no harm. */
const OPENED = [
  "java.base/java.lang",
  "java.base/java.lang.invoke",
  "java.base/java.lang.reflect",
  "java.base/java.io",
  "java.base/java.net",
  "java.base/java.nio",
  "java.base/java.util",
  "java.base/java.util.concurrent",
  "java.base/java.util.concurrent.atomic",
  "java.base/jdk.internal.ref",
  "java.base/sun.nio.ch",
  "java.base/sun.nio.cs",
  "java.base/sun.security.action",
  "java.base/sun.util.calendar",
  "java.security.jgss/sun.security.krb5",
];

/**
 * The line that `bin/spark-submit` would compose with a JVM of its own: composed here, it saves that
 * JVM and its shell scripts, and the driver is our direct child.
 */
export function submitCommand(jvm: Jvm, program: readonly string[]): Command {
  const { conf } = jvm;
  const classPath = [
    ...(conf["spark.driver.extraClassPath"]?.split(":") ?? []),
    jvm.ownJar,
    `${jvm.confFolder}/`,
    join(jvm.sparkHome, "jars", "*"),
  ];
  return {
    command: join(jvm.javaHome, "bin", "java"),
    args: [
      "-cp",
      classPath.join(":"),
      `-Xmx${conf["spark.driver.memory"] ?? "1g"}`,
      ...opensFor(jvm.javaHome),
      "-XX:+IgnoreUnrecognizedVMOptions",
      "-Djdk.reflect.useDirectMethodHandle=false",
      "-Dio.netty.tryReflectionSetAccessible=true",
      "-Dfile.encoding=UTF-8",
      "-Djava.net.preferIPv6Addresses=false",
      `-Djava.io.tmpdir=${jvm.tmp}`,
      `-Dderby.stream.error.file=${join(jvm.tmp, "derby.log")}`,
      ...splitOptions(conf["spark.driver.defaultJavaOptions"] ?? ""),
      ...splitOptions(conf["spark.driver.extraJavaOptions"] ?? ""),
      "org.apache.spark.deploy.SparkSubmit",
      ...program,
    ],
  };
}

/** Modules that Spark reaches into; Java 8 has none to open. */
export function opensFor(javaHome: string): string[] {
  return javaMajor(javaHome) >= 9 ? OPENED.map((name) => `--add-opens=${name}=ALL-UNNAMED`) : [];
}

function javaMajor(javaHome: string): number {
  const version = /JAVA_VERSION="(?:1\.)?(\d+)/.exec(readIfThere(join(javaHome, "release")) ?? "");
  return version ? Number(version[1]) : 17;
}

/** Words as Spark's launcher splits them: blanks part, quotes hold together, a backslash escapes. */
export function splitOptions(text: string): string[] {
  const words = text.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? [];
  return words.map((word) =>
    word.replace(
      /"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g,
      (_, double?: string, single?: string, escaped?: string) =>
        double !== undefined ? double.replace(/\\(["\\])/g, "$1") : (single ?? escaped ?? ""),
    ),
  );
}
