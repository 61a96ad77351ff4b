/** Where things are in an instance, as it sees them. */
export const IN = {
  home: "/home/hadoop",
  /** This machine's own `/usr`, to which the links in the instance's `/usr` lead. */
  usr: "/system/usr",
  spark: "/usr/lib/spark",
  hadoop: "/usr/lib/hadoop",
  /** What is ours. */
  own: "/usr/lib/mayfly",
  standins: "/usr/lib/mayfly/instance",
  java: "/usr/lib/mayfly/java",
  jars: "/usr/lib/mayfly/jars",
  jar: "/usr/lib/mayfly/mayfly.jar",
  awscli: "/usr/lib/mayfly/awscli",
  site: "/usr/lib/mayfly/site-packages",
  hdfs: "/mnt/hdfs",
  hadoopConf: "/etc/hadoop/conf",
  sparkConf: "/etc/spark/conf",
} as const;
