"""Train one multi-layer perceptron per number of neurons N and compare what each has learned."""
import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from functools import reduce

from pyspark.ml.classification import MultilayerPerceptronClassifier
from pyspark.ml.feature import IndexToString, StringIndexerModel, VectorAssembler
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--sizes", default="6,10,17,30,50,80,130,220,360,590", help="the Ns")
parser.add_argument("--iterations", type=int, default=70)
parser.add_argument("--grid", type=int, default=61, help="points a side of the decision surfaces")
parser.add_argument("--seed", type=int, default=7)
parser.add_argument("training")
parser.add_argument("output")
args = parser.parse_args()

LABELS = ["X", "O", "B"]
HALF_SIDE = 6.0

spark = SparkSession.builder.appName("mlp").getOrCreate()
as_vector = VectorAssembler(inputCols=["x", "y"], outputCol="features")
as_number = StringIndexerModel.from_labels(LABELS, inputCol="label", outputCol="target")
as_label = IndexToString(inputCol="prediction", outputCol="label", labels=LABELS)

# One partition, sorted: the data are small, so the models run side by side instead of the rows,
# and sums in a fixed order give the same models wherever this runs.
points = spark.read.parquet(args.training).coalesce(1).sortWithinPartitions("x", "y")
points = as_number.transform(as_vector.transform(points))
train, test = (half.cache() for half in points.randomSplit([0.5, 0.5], args.seed))
print(f"{train.count()} rows to train on, {test.count()} held out, {args.iterations} iterations each")


def accuracy(model, rows):
    hit = (F.col("prediction") == F.col("target")).cast("double")
    return model.transform(rows).agg(F.avg(hit)).first()[0]


def fit(n):
    start = time.time()
    perceptron = MultilayerPerceptronClassifier(
        labelCol="target", layers=[2, n, len(LABELS)], maxIter=args.iterations, seed=args.seed
    )
    model = perceptron.fit(train)
    seconds = round(time.time() - start, 2)
    return model, (n, accuracy(model, train), accuracy(model, test), seconds)


sizes = [int(n) for n in args.sizes.split(",")]
together = min(len(sizes), spark.sparkContext.defaultParallelism)
models, results = {}, []
print("    N   train    test  seconds", flush=True)
with ThreadPoolExecutor(together) as pool:
    for model, result in pool.map(fit, sizes):
        models[result[0]] = model
        results.append(result)
        print("{:5d}  {:.4f}  {:.4f}  {:7.1f}".format(*result), flush=True)
best = max(results, key=lambda result: result[2])
print(f"best on held-out data: N={best[0]} with accuracy {best[2]:.4f}")

columns = "n int, accuracy_train double, accuracy_test double, seconds double"
accuracies = spark.createDataFrame(results, columns)
accuracies.coalesce(1).write.mode("overwrite").parquet(f"{args.output}/accuracy")

step = 2 * HALF_SIDE / (args.grid - 1)
axis = [round(-HALF_SIDE + i * step, 6) for i in range(args.grid)]
crossings = [(x, y) for x in axis for y in axis]
grid = as_vector.transform(spark.createDataFrame(crossings, "x double, y double"))


def surface(n):
    return as_label.transform(models[n].transform(grid)).select("x", "y", F.lit(n).alias("n"), "label")


surfaces = reduce(DataFrame.union, map(surface, sizes))
surfaces.coalesce(1).write.mode("overwrite").parquet(f"{args.output}/decisions")
spark.stop()
