"""Count lines and words of each text in a folder."""
import argparse

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data_source_folder", required=True)
parser.add_argument("--output_uri", required=True)
args = parser.parse_args()

spark = SparkSession.builder.appName("step2").getOrCreate()
words = F.expr(r"regexp_extract_all(lower(value), r'([a-z]+)', 1)")
counts = (
    spark.read.text(args.data_source_folder)
    .select(F.element_at(F.split(F.input_file_name(), "/"), -1).alias("text"), words.alias("words"))
    .groupBy("text")
    .agg(F.count("*").alias("lines"), F.sum(F.size("words")).alias("words"))
    .orderBy("text")
)
counts.coalesce(1).write.mode("overwrite").csv(args.output_uri, header=True)

written = spark.read.csv(args.output_uri, header=True, inferSchema=True).orderBy("text").collect()
for row in written:
    print(f"{row['text']}: {row['words']} words in {row['lines']} lines")
print(f"{sum(row['words'] for row in written)} words in {len(written)} texts")
spark.stop()
