"""Estimate pi: the share of random points in a square that fall into its inscribed circle."""
import argparse

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

POINTS, PARTITIONS = 2_000_000, 4  # fixed, as the seeds are: every run gives the same estimate

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data_source_folder", help="given to every step; this one reads nothing")
parser.add_argument("--output_uri", required=True)
args = parser.parse_args()

spark = SparkSession.builder.appName("step1").getOrCreate()
inside = F.hypot(F.rand(100) * 2 - 1, F.rand(200) * 2 - 1) <= 1
result = (
    spark.range(0, POINTS, 1, PARTITIONS)
    .select(inside.cast("long").alias("inside"))
    .agg(F.count("*").alias("points"), F.sum("inside").alias("inside"))
    .withColumn("pi", 4 * F.col("inside") / F.col("points"))
)
result.coalesce(1).write.mode("overwrite").csv(args.output_uri, header=True)

row = spark.read.csv(args.output_uri, header=True, inferSchema=True).first()
print(f"{row['inside']} of {row['points']} points inside: pi is about {row['pi']}")
spark.stop()
