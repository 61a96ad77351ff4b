import { existsSync } from "node:fs";
import type { InstanceWish } from "../../instances.ts";
import { IN } from "./places.ts";

/** What every program of an instance starts with, as a login on a machine of EMR has it. */
export function instanceEnvironment(
  wish: InstanceWish,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  return {
    HOME: IN.home,
    USER: "hadoop",
    LOGNAME: "hadoop",
    SHELL: "/bin/bash",
    LANG: "C.UTF-8",
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ...(wish.spark
      ? {
          JAVA_HOME: IN.java,
          SPARK_HOME: IN.spark,
          SPARK_CONF_DIR: IN.sparkConf,
          HADOOP_HOME: IN.hadoop,
          HADOOP_CONF_DIR: IN.hadoopConf,
          SPARK_LOCAL_IP: "127.0.0.1",
          PYTHONHASHSEED: "0",
          PYSPARK_PYTHON: "/usr/local/bin/python3",
        }
      : {}),
    ...waysOut(env),
    ...wish.aws,
  };
}

const WAYS_OUT =
  /^(?:(?:https?|no|all)_proxy|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|PIP_(?:CERT|INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|DEFAULT_TIMEOUT))$/i;

/** How this machine reaches the network, but for what holds a password, or names a file that is not there. */
function waysOut(env: NodeJS.ProcessEnv): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value = ""] of Object.entries(env)) {
    if (!WAYS_OUT.test(name) || /:\/\/[^/]*@/.test(value)) continue;
    if (value.startsWith("/") && !(value.startsWith("/etc/ssl/") && existsSync(value))) continue;
    found[name] = value;
  }
  return found;
}
