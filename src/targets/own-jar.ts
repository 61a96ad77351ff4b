import { resolve } from "node:path";

/** What runs inside of Spark's JVM. In a clone and in the package alike, `java/` lies two folders above. */
export const OWN_JAR = resolve(import.meta.dirname, "../../java/mayfly.jar");
