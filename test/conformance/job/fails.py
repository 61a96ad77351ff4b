from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

spark = SparkSession.builder.getOrCreate()


@udf("int")
def divide(x):
    return 10 // (x - 3)


spark.range(10).select(divide("id")).collect()
