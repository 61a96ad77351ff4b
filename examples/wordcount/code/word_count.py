"""Count how often each word stands in the texts under a path."""
import re
import sys
from operator import add

from pyspark.sql import SparkSession

if len(sys.argv) != 3:
    sys.exit("usage: word_count.py INPUT OUTPUT")
source, output = sys.argv[1:]

spark = SparkSession.builder.appName("word_count").getOrCreate()
counts = (
    spark.sparkContext.textFile(source)
    .flatMap(lambda line: re.findall(r"[a-z']+", line.lower()))
    .map(lambda word: (word, 1))
    .reduceByKey(add)
)
table = spark.createDataFrame(counts, "word string, count long")
table = table.orderBy("count", "word", ascending=[False, True]).cache()

words = table.agg({"count": "sum"}).first()[0]
print(f"{words} words, {table.count()} different")
for row in table.take(10):
    print(f"{row['count']:6d} {row['word']}")
table.coalesce(1).write.mode("overwrite").csv(output, header=True)
spark.stop()
