/** A word count for any client, with the right answer: computed here, by other means. */
const TEXT = "it was the best of times\nit was the worst of times\n";

const COUNT_PY = `import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("words").getOrCreate()
words = spark.sparkContext.textFile(sys.argv[1]).flatMap(str.split)
counts = words.map(lambda word: (word, 1)).reduceByKey(lambda a, b: a + b)
print("distinct", counts.count())
spark.createDataFrame(counts, ["word", "n"]).coalesce(1).orderBy("word").write.csv(sys.argv[2])
`;

/** Files by their names. */
export const WORD_COUNT = { "count.py": COUNT_PY, "text.txt": TEXT };

/** Words and how often they stand in a text, in the order of the words. */
export function countWords(text: string): [word: string, count: number][] {
  const counts = new Map<string, number>();
  for (const word of text.trim().split(/\s+/)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What the program writes, as one file of CSV, and the line that it prints. */
export const COUNTED = countWords(TEXT)
  .map(([word, count]) => `${word},${count}\n`)
  .join("");
export const PRINTED = `distinct ${countWords(TEXT).length}`;
