import { existsSync } from "node:fs";

/** The scripts in `python/instance/bin`, and the commands of an instance that each is. */
const SCRIPTS: Readonly<Record<string, string>> = {
  sudo: "sudo",
  packages: "yum dnf apt apt-get amazon-linux-extras rpm",
  systemctl: "systemctl service initctl chkconfig",
  shutdown: "shutdown halt poweroff reboot",
  accounts: "useradd adduser usermod passwd chpasswd groupadd",
  chown: "chown chgrp",
  unzip: "unzip",
  python3: "python3",
  pip: "pip pip3",
  aws: "aws",
  java: "java",
  spark:
    "spark-submit pyspark spark-shell spark-sql spark-class run-example spark-example sparkR emr-serverless-driver",
  hadoop: "hadoop hdfs mapred yarn hadoop-streaming",
  "s3-dist-cp": "s3-dist-cp",
  "command-runner": "command-runner",
  "script-runner": "script-runner",
  "run-jar": "run-jar",
};

/** Name in `/usr/bin` → name of the script. */
export function standIns(): [name: string, script: string][] {
  return Object.entries(SCRIPTS)
    .filter(([script]) => script !== "unzip" || !existsSync("/usr/bin/unzip")) // the machine's own does more
    .flatMap(([script, names]) => names.split(" ").map((name): [string, string] => [name, script]));
}
