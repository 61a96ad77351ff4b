"""What a spare driver does before anybody needs it: a little of what most programs do, least first.

    exercise.py ROUND
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def columns(spark):
    frame = spark.range(100).select("id", (F.col("id") % 7).alias("k"), F.lit("a").alias("s"))
    frame.groupBy("k").agg(F.sum("id"), F.count("*")).orderBy("k").collect()
    frame.createOrReplaceTempView("exercise")
    spark.sql("select s, count(*) from exercise where k > 2 group by s").collect()


def small(spark):
    # As show() has it, but for the printing.
    spark.range(1000).selectExpr("sum(id)")._jdf.showString(20, 20, False)


def files(spark):
    frame = spark.range(100).select("id", (F.col("id") % 7).alias("k")).coalesce(1)
    frame.write.mode("overwrite").parquet("hdfs:///parquet")
    frame.write.mode("overwrite").csv("hdfs:///csv", header=True)
    spark.read.parquet("hdfs:///parquet").filter("k = 1").count()
    spark.read.csv("hdfs:///csv", header=True, inferSchema=True).select("id").distinct().count()


def rows(spark):
    spark.sparkContext.parallelize(range(10), 2).map(lambda x: x + 1).reduce(lambda a, b: a + b)
    left = spark.createDataFrame([(1, "a"), (2, "b")], ["n", "s"])
    left.join(spark.range(3).toDF("n"), "n").withColumn("u", F.upper("s")).collect()


ROUNDS = [[small], [columns, small], [files], [rows, small], *[[small] * 2] * 6]

session = SparkSession.builder.config("spark.sql.shuffle.partitions", "4").getOrCreate()
for part in ROUNDS[int(sys.argv[1])]:
    part(session)
session.stop()
