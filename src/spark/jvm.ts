import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readIfThere } from "../base/files.ts";

export interface Command {
  command: string;
  args: string[];
}

export interface Jvm {
  javaHome: string;
  sparkHome: string;
  tmp: string;
  /** The file that says where Spark logs to. */
  logging: string;
  /** The jar with our file system and our way to start programs. */
  ownJar: string;
  conf: Record<string, string>;
  /** For a program that has ended long before the second compiler would pay for itself. */
  short: boolean;
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
 * The line that `bin/spark-submit` would compose with a JVM of its own: composed here, it saves that JVM
 * and its shell scripts. What it runs, `mayfly.Driver` hands to spark-submit's own class as it is told.
 */
export function driverCommand(jvm: Jvm): Command {
  const { command, args } = driverLine(jvm);
  const own = Object.entries(driverProperties(jvm)).map(([name, value]) => `-D${name}=${value}`);
  // What the person has set themselves stands later, and so wins.
  const quick = jvm.short ? ["-XX:TieredStopAtLevel=1"] : [];
  return { command, args: [...own, ...quick, ...args, "mayfly.Driver", "preload"] };
}

/** What only a new JVM can honour: programs that agree in it may share one. */
export function jvmSettings(jvm: Jvm): unknown[] {
  return [
    driverLine(jvm),
    Object.entries(jvm.conf)
      .filter(([name]) => ONCE.test(name))
      .sort(),
  ];
}

/** Spark and Hadoop read these once for each JVM, into something that all its programs use. */
const ONCE =
  /^spark\.(?:sql\.codegen\.(?:cache\.maxEntries|comments)|sql\.\w+\.maxThreadThreshold|kerberos\.|hadoop\.(?:hadoop\.security|ipc)\.)/;

function driverLine(jvm: Jvm): Command {
  const { conf } = jvm;
  const classPath = [
    ...(conf["spark.driver.extraClassPath"]?.split(":") ?? []),
    jvm.ownJar,
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
      ...ownOptions(jvm),
    ],
  };
}

/** What a JVM can be told anew for each program; what the person's own options say is theirs. */
export function driverProperties(jvm: Jvm): Record<string, string> {
  const own = ownOptions(jvm);
  const properties = {
    "java.io.tmpdir": jvm.tmp,
    "derby.stream.error.file": join(jvm.tmp, "derby.log"),
    "log4j2.configurationFile": pathToFileURL(jvm.logging).href,
  };
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([name]) => !own.some((option) => option.startsWith(`-D${name}=`)),
    ),
  );
}

export function ownOptions({ conf }: Jvm): string[] {
  return [
    ...splitOptions(conf["spark.driver.defaultJavaOptions"] ?? ""),
    ...splitOptions(conf["spark.driver.extraJavaOptions"] ?? ""),
  ];
}

/** Modules that Spark reaches into; Java 8 has none to open. */
export function opensFor(javaHome: string): string[] {
  return javaMajor(javaHome) >= 9 ? OPENED.map((name) => `--add-opens=${name}=ALL-UNNAMED`) : [];
}

export function javaMajor(javaHome: string): number {
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
