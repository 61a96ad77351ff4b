import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Step } from "../model/job.ts";
import { noOptions } from "../model/job.ts";
import type { Failure } from "../model/run.ts";
import { explainFailure } from "./failure.ts";
import { ownFrame, readJavaError } from "./java-error.ts";
import { readScalaError, readSqlError } from "./program-error.ts";
import { readTraceback } from "./traceback.ts";

const CAPTURED = `some output
Traceback (most recent call last):
  File "/home/me/job/bad.py", line 5, in <module>
    go().show()
    ^^^^
  File "/home/me/job/bad.py", line 4, in go
    return s.read.csv("s3://sparkify_data/x.csv")
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/cache/spark/3.5.6/python/pyspark/sql/readwriter.py", line 740, in csv
    return self._df(self._jreader.csv(self._spark._sc._jvm.PythonUtils.toSeq(path)))
  File "/cache/spark/3.5.6/python/lib/py4j-0.10.9.7-src.zip/py4j/java_gateway.py", line 1322, in __call__
  File "/cache/spark/3.5.6/python/pyspark/errors/exceptions/captured.py", line 185, in deco
    raise converted from None
pyspark.errors.exceptions.captured.AnalysisException: [PATH_NOT_FOUND] Path does not exist: s3://sparkify_data/x.csv.
`;

/** A failed PySpark step whose logs and buckets lie in one folder. */
function explainPython(main: string, folder: string, cwd: string): Failure {
  const step: Step = {
    kind: "pyspark",
    name: main,
    main,
    args: [],
    onFailure: "stop",
    options: noOptions(),
  };
  const roots = { s3: join(folder, "s3"), hdfs: join(folder, "hdfs"), mounts: {} };
  return explainFailure({ index: 0, step, exitCode: 1, logs: folder, cwd, liveS3: false, roots });
}

test("the person's own line is named, not that of PySpark", () => {
  const found = readTraceback(CAPTURED);
  assert.deepEqual(found && [found.file, found.line, found.code], [
    "/home/me/job/bad.py",
    4,
    'return s.read.csv("s3://sparkify_data/x.csv")',
  ]);
  assert.equal(
    found?.error,
    "AnalysisException: [PATH_NOT_FOUND] Path does not exist: s3://sparkify_data/x.csv.",
  );
});

test("of an error in a worker, the line of the function that failed", () => {
  const found = readTraceback(`Traceback (most recent call last):
  File "/j/udf.py", line 7, in <module>
    s.range(10).select(f("id")).collect()
pyspark.errors.exceptions.captured.PythonException: 
  An exception was thrown from the Python worker. Please see the stack trace below.
Traceback (most recent call last):
  File "/j/udf.py", line 6, in f
    return 1 // (x - 3)
           ~~^^~~~~~~~~~
ZeroDivisionError: integer division or modulo by zero

`);
  assert.deepEqual(found, {
    file: "/j/udf.py",
    line: 6,
    code: "return 1 // (x - 3)",
    error: "ZeroDivisionError: integer division or modulo by zero",
  });
});

test("the Java wrapping of Py4J is taken off", () => {
  const found = readTraceback(`Traceback (most recent call last):
  File "/j/a.py", line 3, in <module>
    sc.textFile("hdfs:///no").count()
py4j.protocol.Py4JJavaError: An error occurred while calling z:org.apache.spark.api.python.PythonRDD.collectAndServe.
: org.apache.hadoop.mapred.InvalidInputException: Input path does not exist: hdfs:/no
\tat org.apache.hadoop.mapred.FileInputFormat.singleThreadedListStatus(FileInputFormat.java:304)
\tat org.apache.hadoop.mapred.FileInputFormat.listStatus(FileInputFormat.java:244)
`);
  assert.equal(found?.error, "InvalidInputException: Input path does not exist: hdfs:/no");
});

test("a syntax error has no traceback line before it", () => {
  const found = readTraceback(`  File "/j/a.py", line 2
    print("a"
         ^
SyntaxError: '(' was never closed
`);
  assert.deepEqual(found, {
    file: "/j/a.py",
    line: 2,
    code: 'print("a"',
    error: "SyntaxError: '(' was never closed",
  });
});

test("the Scala compiler's first complaint, with its line", () => {
  assert.deepEqual(
    readScalaError(`/p/bad.scala:2: error: type mismatch;
 found   : String("no")
 required: Int
val y: Int = "no"
             ^
`),
    {
      where: "/p/bad.scala:2",
      line: 'val y: Int = "no"',
      message: 'type mismatch;\n found   : String("no")\n required: Int',
    },
  );
  assert.equal(readScalaError("fine"), undefined);
});

test("an error of SQL without its query plan", () => {
  const found = readSqlError(`Time taken: 6.3 seconds
[TABLE_OR_VIEW_NOT_FOUND] The table or view \`nowhere\` cannot be found.
To tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.; line 2 pos 14;
'Project [*]
+- 'UnresolvedRelation [nowhere], [], false
`);
  assert.equal(found?.where, "line 2 of the statement");
  assert.match(
    found?.message ?? "",
    /^\[TABLE_OR_VIEW_NOT_FOUND\] The table or view `nowhere` cannot be found\.\nTo tolerate .*EXISTS\.$/,
  );
  assert.equal(readSqlError("fine"), undefined);
});

test("text without a traceback is none", () => {
  assert.equal(readTraceback("all is well\n"), undefined);
  assert.equal(readTraceback(""), undefined);
});

test("of a JVM's error the innermost cause", () => {
  assert.equal(
    readJavaError(`Exception in thread "main" org.apache.spark.SparkException: Job aborted
\tat a.b.C.d(C.java:1)
Caused by: java.lang.ArithmeticException: / by zero
\tat x.Y.z(Y.scala:3)
`),
    "ArithmeticException: / by zero",
  );
  assert.equal(readJavaError("fine\n"), undefined);
});

test("a failure names the nearest bucket", () => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-explain-"));
  try {
    mkdirSync(join(folder, "s3", "sparkify-data"), { recursive: true });
    writeFileSync(join(folder, "stderr.log"), CAPTURED);
    const failure = explainPython("bad.py", folder, "/home/me/job");
    assert.equal(failure.where, "bad.py:4");
    assert.match(failure.hint ?? "", /no bucket "sparkify_data"; nearest: s3:\/\/sparkify-data/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a worker's traceback inside of the driver's is the one that counts", () => {
  const found = readTraceback(`Traceback (most recent call last):
  File "/j/job.py", line 11, in <module>
    df.write.parquet("s3://b/out")
  File "/cache/spark/python/pyspark/sql/readwriter.py", line 1721, in parquet
    self._jwrite.parquet(path)
py4j.protocol.Py4JJavaError: An error occurred while calling o54.parquet.
: org.apache.spark.SparkException: Job aborted due to stage failure: [TASK_WRITE_FAILED] Task failed.
\tat org.apache.spark.sql.errors.QueryExecutionErrors$.taskFailed(QueryExecutionErrors.scala:776)
Caused by: org.apache.spark.api.python.PythonException: Traceback (most recent call last):
  File "/cache/spark/python/lib/pyspark.zip/pyspark/worker.py", line 1247, in main
    process()
  File "/j/job.py", line 7, in to_int
    return int(s)
           ^^^^^^
ValueError: invalid literal for int() with base 10: 'x'

\tat org.apache.spark.api.python.BasePythonRunner$ReaderIterator.handlePythonException(PythonRunner.scala:572)
`);
  assert.deepEqual(found, {
    file: "/j/job.py",
    line: 7,
    code: "return int(s)",
    error: "ValueError: invalid literal for int() with base 10: 'x'",
  });
});

test("of a compiled program, the deepest line that is not Spark's or Java's", () => {
  const trace = `Exception in thread "main" java.lang.RuntimeException: two is bad
\tat scala.sys.package$.error(package.scala:30)
\tat com.acme.Main$.$anonfun$main$1(Main.scala:12)
\tat org.apache.spark.rdd.RDD.$anonfun$collect$2(RDD.scala:1049)
\tat java.base/java.lang.Thread.run(Thread.java:840)
\tat com.acme.Main.main(Main.scala:9)
`;
  assert.deepEqual(ownFrame(trace), { file: "Main.scala", line: 12 });
  assert.equal(ownFrame("\tat java.base/java.lang.Thread.run(Thread.java:840)\n"), undefined);
});

test("of SQL, the line of the file: comments and quoted semicolons part no statements", () => {
  const source = `-- first; a comment
SELECT 'a;b' AS x /* ; */;

-- another

SELECT city
FROM p
WHERE citty = 1; SELECT 2;
`;
  const failed = (done: number, place: string) =>
    readSqlError(`${"Time taken: 1.0 seconds\n".repeat(done)}[CODE] Wrong.${place}\n`, source);
  assert.deepEqual(failed(1, "; line 5 pos 6;"), {
    where: "line 7",
    line: "FROM p",
    message: "[CODE] Wrong.",
  });
  assert.deepEqual(failed(0, "(line 1, pos 7)"), {
    where: "line 2",
    line: "SELECT 'a;b' AS x /* ; */;",
    message: "[CODE] Wrong.",
  });
  assert.equal(failed(2, "; line 1 pos 8;")?.line, "WHERE citty = 1; SELECT 2;");
  assert.equal(failed(9, "; line 1 pos 8;")?.where, "line 1 of the statement");
});

test("of a program that names a cluster as its master, that is told", () => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-explain-"));
  writeFileSync(join(folder, "a.py"), 's = SparkSession.builder.master("yarn").getOrCreate()\n');
  writeFileSync(
    join(folder, "stderr.log"),
    `Traceback (most recent call last):
  File "${folder}/a.py", line 1, in <module>
    s = SparkSession.builder.master("yarn").getOrCreate()
py4j.protocol.Py4JJavaError: An error occurred while calling None.org.apache.spark.api.java.JavaSparkContext.
: java.net.ConnectException: Connection refused
\tat java.base/jdk.internal.reflect.NativeConstructorAccessorImpl.newInstance0(Native Method)
`,
  );
  const failure = explainPython("a.py", folder, folder);
  assert.equal(failure.message, "ConnectException: Connection refused");
  assert.match(failure.hint ?? "", /names its master itself \("yarn"\)/);
  rmSync(folder, { recursive: true });
});
