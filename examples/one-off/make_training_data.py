"""Draw random points in a square and label each X, O or B (background) by where it lies."""
import argparse

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--rows", type=int, default=4000)
parser.add_argument("--noise", type=float, default=0.05, help="share of points labelled at random")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("output")
args = parser.parse_args()

HALF_SIDE = 6.0  # the square is -6..6 both ways: the X sits upper left, the O lower right
SIZE, CENTRE = 2.9, 2.9
ARM, HOLE = 1.3, 1.3

spark = SparkSession.builder.appName("make training data").getOrCreate()


def uniform(stream):
    # rand() adds the partition's number to its seed: streams must lie further apart than that
    return F.rand(args.seed * 1000 + stream * 100)


x, y = F.col("x"), F.col("y")
from_x_left, from_x_top = F.abs(x + CENTRE), F.abs(y - CENTRE)
in_x = (F.abs(from_x_left - from_x_top) < ARM) & (F.greatest(from_x_left, from_x_top) < SIZE)
from_o = F.hypot(x - CENTRE, y + CENTRE)
in_o = (from_o > HOLE) & (from_o < SIZE)
by_place = F.when(in_x, "X").when(in_o, "O").otherwise("B")
by_chance = F.element_at(F.array(*map(F.lit, "XOB")), (F.floor(F.col("die") * 3) + 1).cast("int"))

# four partitions whatever the cluster: the same seed then gives the same points everywhere
points = (
    spark.range(0, args.rows, 1, 4)
    .select(
        ((uniform(1) * 2 - 1) * HALF_SIDE).alias("x"),
        ((uniform(2) * 2 - 1) * HALF_SIDE).alias("y"),
        uniform(3).alias("luck"),
        uniform(4).alias("die"),
    )
    .select("x", "y", F.when(F.col("luck") < args.noise, by_chance).otherwise(by_place).alias("label"))
)
points.write.mode("overwrite").parquet(args.output)

counts = spark.read.parquet(args.output).groupBy("label").count().orderBy("label").collect()
print(f"{args.rows} points: " + ", ".join(f"{row['count']} {row['label']}" for row in counts))
spark.stop()
