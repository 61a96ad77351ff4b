"""Count the events of a year in GDELT 1.0's daily exports, and how many there are of each kind."""
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

if len(sys.argv) != 3:
    sys.exit("usage: events.py INPUT OUTPUT")
source, output = sys.argv[1:]
ROOT_CODE, MENTIONS = "_c28", "_c31"  # the exports have 58 columns and no header

spark = SparkSession.builder.appName("events").getOrCreate()

lines = spark.sparkContext.textFile(source)
print(f"{lines.count()} events in {source}")

# no quote character: GDELT does not quote, and a lone " would swallow the lines after it
by_root = (
    spark.read.csv(source, sep="\t", quote="")
    .groupBy(F.col(ROOT_CODE).alias("event_root_code"))
    .agg(F.count("*").alias("events"), F.sum(F.col(MENTIONS).cast("long")).alias("mentions"))
    .orderBy("event_root_code")
    .cache()
)
for row in by_root.collect():
    print("root code {event_root_code}: {events:8d} events {mentions:9d} mentions".format(**row.asDict()))
by_root.coalesce(1).write.mode("overwrite").parquet(output)
spark.stop()
