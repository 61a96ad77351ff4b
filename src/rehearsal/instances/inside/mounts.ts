import { existsSync } from "node:fs";
import { OWN_JAR, type Software, STANDINS } from "../software.ts";
import { IN } from "./places.ts";

/** What an instance sees of this machine, read-only. */
export function mounts(software: Software): [from: string, to: string][] {
  const { python, spark, awscli } = software;
  const found: [from: string, to: string][] = [
    ["/usr", IN.usr],
    [STANDINS, IN.standins],
    [awscli, IN.awscli],
    [python.site, IN.site],
    [OWN_JAR, IN.jar],
  ];
  // An interpreter finds its library from where it lies itself.
  if (!python.prefix.startsWith("/usr")) found.push([python.prefix, python.prefix]);
  if (spark) {
    found.push([spark.runtime.sparkHome, IN.spark]);
    found.push([spark.runtime.javaHome, IN.java]);
    found.push([spark.jars, IN.jars]);
  }
  const etc = ETC.map((name) => `/etc/${name}`).filter((path) => existsSync(path));
  return [...found, ...etc.map((path): [string, string] => [path, path])];
}

/** Certificates, and where Debian keeps what its Java is set up with. */
const ETC = [
  ...["ssl/certs", "pki", "ca-certificates", "alternatives", "ld.so.conf.d", "java"],
  ...["8", "11", "17", "21", "25"].map((version) => `java-${version}-openjdk`),
];
