/**
 * The first compiler tier and the simplest collector halve what a short-lived JVM costs. Said as a person would say it for
 * all Spark jobs of a cluster or of an application.
 */
const properties = {
  "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
};

/** EMR's spelling. */
export const FAST = [{ Classification: "spark-defaults", Properties: properties }];
/** EMR Serverless's. */
export const FAST_APPLICATION = [{ classification: "spark-defaults", properties }];
