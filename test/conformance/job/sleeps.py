import time

from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()


@udf("int")
def slow(x):
    time.sleep(300)
    return x


print("begun", flush=True)
spark.range(2).select(slow("id")).collect()
