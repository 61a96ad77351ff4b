"""Which airlines are late? The mean delay of each, from most to least late at departure."""
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

if len(sys.argv) != 4:
    sys.exit("usage: delays.py FLIGHTS AIRLINES OUTPUT")
flights_uri, airlines_uri, output = sys.argv[1:]

spark = SparkSession.builder.appName("delays").getOrCreate()
# R writes a missing value as NA: flights that never left have no delays
flights = spark.read.csv(flights_uri, header=True, nullValue="NA")
airlines = spark.read.csv(airlines_uri, header=True)

delays = (
    flights.groupBy("carrier")
    .agg(
        F.count("*").alias("flights"),
        F.round(F.avg(F.col("dep_delay").cast("int")), 2).alias("mean_dep_delay"),
        F.round(F.avg(F.col("arr_delay").cast("int")), 2).alias("mean_arr_delay"),
    )
    .join(airlines, "carrier")
    .select("carrier", "name", "flights", "mean_dep_delay", "mean_arr_delay")
    .orderBy(F.desc("mean_dep_delay"), "carrier")
    .coalesce(1)
    .cache()
)
print("carrier  flights  departure  arrival  (minutes late, mean)")
for row in delays.collect():
    columns = "{carrier:7s}  {flights:7d}  {mean_dep_delay:9.2f}  {mean_arr_delay:7.2f}  {name}"
    print(columns.format(**row.asDict()))
delays.write.mode("overwrite").parquet(f"{output}/parquet")
delays.write.mode("overwrite").csv(f"{output}/csv", header=True)
spark.stop()
