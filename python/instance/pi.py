"""What SparkPi of Spark's examples does: throws darts at a square, and says what it takes Pi for."""
import sys
from operator import add
from random import random

from pyspark.sql import SparkSession


def inside(_):
    x, y = random() * 2 - 1, random() * 2 - 1
    return 1 if x * x + y * y <= 1 else 0


spark = SparkSession.builder.appName("Spark Pi").getOrCreate()
slices = int(sys.argv[1]) if len(sys.argv) > 1 else 2
throws = 100_000 * slices
count = spark.sparkContext.parallelize(range(throws), slices).map(inside).reduce(add)
print(f"Pi is roughly {4.0 * count / throws}")
spark.stop()
