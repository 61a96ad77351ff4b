/** A word count for any client, with the right answer: computed here, by other means. */
export const TEXT = "it was the best of times\nit was the worst of times\n";

export const COUNT_PY = `import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("words").getOrCreate()
words = spark.sparkContext.textFile(sys.argv[1]).flatMap(str.split)
counts = words.map(lambda word: (word, 1)).reduceByKey(lambda a, b: a + b)
spark.createDataFrame(counts, ["word", "n"]).coalesce(1).orderBy("word").write.csv(sys.argv[2])
`;

/** As one file of CSV, in the order of the words. */
export function rightAnswer(): string {
  const counts = new Map<string, number>();
  for (const word of TEXT.trim().split(/\s+/)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const lines = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([word, n]) => `${word},${n}\n`);
  return lines.join("");
}
