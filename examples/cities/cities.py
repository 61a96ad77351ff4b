"""Read the same logs from a local folder, from S3 and from HDFS; the answers must agree."""
import argparse
import sys
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--files", default="sparkify_log_small*.json", help="which logs to read")
parser.add_argument("--cities", required=True)
parser.add_argument("--output", required=True)
parser.add_argument("places", nargs="+", help="folders that hold the logs")
args = parser.parse_args()

SCHEMA = (
    "ts long, userId string, level string, page string, "
    "city string, state string, song string, length double"
)
spark = SparkSession.builder.appName("cities").getOrCreate()


def read_logs(place):
    if "://" in place:
        return spark.read.schema(SCHEMA).json(f"{place.rstrip('/')}/{args.files}")
    # a local folder exists on the driver only: on a cluster the workers could not open it
    files = sorted(Path(place).glob(args.files))
    lines = [line for file in files for line in file.read_text().splitlines()]
    return spark.read.schema(SCHEMA).json(spark.sparkContext.parallelize(lines))


def summary(logs):
    return logs.agg(
        F.count("*").alias("events"),
        F.count("song").alias("songs"),
        F.countDistinct("userId").alias("users"),
        F.round(F.sum(F.col("length").cast("decimal(12,2)")), 2).alias("seconds"),
    ).first()


answers = {place: summary(read_logs(place)) for place in args.places}
for place, answer in answers.items():
    found = "{events} events, {songs} songs, {users} users, {seconds} s".format(**answer.asDict())
    print(f"{place:32s} {found}")
if len(set(answers.values())) > 1:
    spark.stop()
    sys.exit("The places disagree: they do not hold the same logs.")

cities = spark.read.csv(args.cities, header=True, inferSchema=True)
print(f"{cities.count()} cities")
by_city = (
    read_logs(args.places[-1])
    .groupBy("city", "state")
    .agg(
        F.count("*").alias("events"),
        F.count("song").alias("songs"),
        F.countDistinct("userId").alias("users"),
    )
    .withColumnRenamed("city", "name")
    .join(cities, ["name", "state"])
    .orderBy(F.desc("songs"), "name", "state")
)
by_city.coalesce(1).write.mode("overwrite").parquet(args.output)
top = spark.read.parquet(args.output).orderBy(F.desc("songs"), "name", "state").first()
print(f"most songs: {top['name']}, {top['state']} with {top['songs']}")
print(f"{len(answers)} places agree")
spark.stop()
