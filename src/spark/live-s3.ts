import { compareVersions } from "./versions.ts";

/** S3 itself, through Hadoop's S3A, which is also EMR's own default since release 7.10. */
export interface LiveS3 {
  conf: Record<string, string>;
  packages: string[];
  excludes: string[];
}

/** The parts of the SDK that S3A uses: 7 MB, where the whole bundle that it names has 270. */
const SDK1 = ["core", "s3", "kms", "sts", "dynamodb"].map(
  (part) => `com.amazonaws:aws-java-sdk-${part}:1.12.262`,
);
const SDK2 = ["s3", "s3-transfer-manager", "sts", "apache-client", "netty-nio-client"];
/**
 * Hadoop's own version of the second SDK (hadoop-project's pom), or where Central has not every part
 * of that one, the next that it has whole.
 */
const SDK2_VERSIONS: [hadoop: string, sdk: string][] = [
  ["3.4.0", "2.24.8"],
  ["3.4.2", "2.29.52"],
  ["3.5.0", "2.35.4"],
];

function sdk2(hadoop: string): string[] {
  const [, version] =
    SDK2_VERSIONS.findLast(([from]) => compareVersions(from, hadoop) <= 0) ??
    SDK2_VERSIONS[0] ??
    [];
  return SDK2.map((part) => `software.amazon.awssdk:${part}:${version}`);
}

export function liveS3(hadoop: string, env: NodeJS.ProcessEnv): LiveS3 {
  const old = hadoop.startsWith("3.3.");
  const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL;
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  return {
    packages: [`org.apache.hadoop:hadoop-aws:${hadoop}`, ...(old ? SDK1 : sdk2(hadoop))],
    excludes: [old ? "com.amazonaws:aws-java-sdk-bundle" : "software.amazon.awssdk:bundle"],
    conf: {
      ...Object.fromEntries(
        ["s3", "s3a", "s3n"].map((scheme) => [
          `spark.hadoop.fs.${scheme}.impl`,
          "org.apache.hadoop.fs.s3a.S3AFileSystem",
        ]),
      ),
      // Environment, ~/.aws and instance roles, in the order every AWS tool looks.
      "spark.hadoop.fs.s3a.aws.credentials.provider": old
        ? "com.amazonaws.auth.DefaultAWSCredentialsProviderChain"
        : "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider",
      ...(region ? { "spark.hadoop.fs.s3a.endpoint.region": region } : {}),
      ...(endpoint
        ? {
            "spark.hadoop.fs.s3a.endpoint": endpoint,
            "spark.hadoop.fs.s3a.path.style.access": "true",
            "spark.hadoop.fs.s3a.connection.ssl.enabled": String(endpoint.startsWith("https:")),
          }
        : {}),
    },
  };
}
