import json
import os
import sys

import helper
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
sc = spark.sparkContext
spark.range(1000).selectExpr("id", "id * 2 as twice", "cast(id % 3 as string) as name").write.mode(
    "overwrite"
).partitionBy("name").parquet("s3://results/numbers")
sc.parallelize(["b", "a"]).saveAsTextFile("hdfs:///user/me/letters-" + sys.argv[1].replace(" ", "-")[:5])
print(
    json.dumps(
        {
            "args": sys.argv[1:],
            "helper": helper.ANSWER,
            "setting": spark.conf.get("spark.some.setting"),
            "greeting": os.environ["GREETING"],
            "rows": spark.read.parquet("s3a://results/numbers").count(),
            "cwd": os.path.basename(os.getcwd()),
            "made": open("made.txt").read(),
        }
    )
)
print("to stderr", file=sys.stderr)
