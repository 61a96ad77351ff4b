"""Everything that s3:// and hdfs:// on folders must do, in one Spark session; see filesystem.sh.

Prints "ok NAME" for each check and ends with a traceback at the first that fails.
"""

import glob
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from pyspark import SparkFiles
from pyspark.sql import SparkSession

import helper
from checks import ok, refused, text, write

work = sys.argv[1]
s3, hdfs = os.path.join(work, "s3"), os.path.join(work, "hdfs")
spark = SparkSession.builder.getOrCreate()
sc = spark.sparkContext
sc.setLogLevel("ERROR")
jvm, conf = sc._jvm, sc._jsc.hadoopConfiguration()
numbers = spark.range(10).selectExpr("id", "id % 2 as odd")


def path(uri):
    return jvm.org.apache.hadoop.fs.Path(uri)


def fs(uri):
    return path(uri).getFileSystem(conf)


def put(uri, text):
    out = fs(uri).create(path(uri))
    out.write(text.encode())
    out.close()


def submitted():
    ok("main script and --py-files from s3://", helper.WORD == "from py-files")
    ok("--files from hdfs://", text(SparkFiles.get("lookup.txt")) == "from files\n")
    loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
    ok("--jars from s3a://", loader.getResource("marker.txt") is not None)
    write("VALUE = 7", s3, "code", "late.py")
    sc.addPyFile("s3n://code/late.py")
    ok("addPyFile in a task", sc.range(1).map(lambda _: __import__("late").VALUE).first() == 7)
    sc.addFile("s3://code/late.py")
    ok("addFile from s3://", text(SparkFiles.get("late.py")) == "VALUE = 7")


def tables():
    numbers.coalesce(1).write.csv("s3://alpha/csv", header=True)
    part = glob.glob(f"{s3}/alpha/csv/part-*.csv")
    ok("csv is a plain file", len(part) == 1 and text(part[0]).startswith("id,odd\n0,0\n"))
    ok("one bucket under three schemes", all(
        spark.read.csv(f"{scheme}://alpha/csv", header=True).count() == 10
        for scheme in ("s3", "s3a", "s3n")))
    numbers.write.partitionBy("odd").parquet("hdfs:///data/parts")
    ok("partition folders", os.path.isdir(f"{hdfs}/data/parts/odd=1"))
    read = spark.read.parquet("hdfs://namenode:8020/data/parts")
    ok("every hdfs authority is the same tree", read.where("odd = 1").count() == 5)
    numbers.write.mode("append").partitionBy("odd").parquet("hdfs:///data/parts")
    ok("append", spark.read.parquet("hdfs:///data/parts").count() == 20)
    numbers.write.mode("overwrite").partitionBy("odd").parquet("hdfs:///data/parts")
    ok("overwrite", spark.read.parquet("hdfs:///data/parts").count() == 10)
    spark.conf.set("spark.sql.sources.partitionOverwriteMode", "dynamic")
    odd = numbers.where("odd = 1").limit(1)
    odd.write.mode("overwrite").partitionBy("odd").parquet("hdfs:///data/parts")
    ok("dynamic partition overwrite", spark.read.parquet("hdfs:///data/parts").count() == 6)
    numbers.limit(3).write.json("s3a://alpha/json")
    both = spark.read.json("s3://alpha/json").count() + numbers.count()
    ok("json, and several buckets in one job", both == 13)
    numbers.write.json("relative/json")
    ok("relative paths are in the home folder", os.path.isdir(f"{hdfs}/user/hadoop/relative/json"))
    spark.sql("create table kept using parquet as select * from range(4)")
    ok("warehouse on hdfs://", glob.glob(f"{hdfs}/user/spark/warehouse/kept/*.parquet") != [])
    ok("table", spark.table("kept").count() == 4)
    spark.sql("drop table kept")
    ok("dropped table", not os.path.exists(f"{hdfs}/user/spark/warehouse/kept"))


def listings():
    for name in ("2024/a.txt", "2024/b.txt", "2025/c d.txt", "2025/_hidden", "2025/é.txt"):
        write(name + "\n", s3, "beta-data", name)
    ok("whole bucket", spark.read.option("recursiveFileLookup", True)
       .text("s3://beta-data").count() == 4)
    ok("whole bucket with a slash", spark.read.text("s3://beta-data/*/").count() == 4)
    ok("glob", sc.textFile("s3://beta-data/202[45]/?.txt").count() == 3)
    ok("alternatives", sc.textFile("s3://beta-data/{2024,2025}/c*").collect() == ["2025/c d.txt"])
    files = sc.wholeTextFiles("s3a://beta-data/2025")
    ok("wholeTextFiles", files.keys().collect() == [
        "s3a://beta-data/2025/c d.txt", "s3a://beta-data/2025/é.txt"])
    ok("sorted", [f.getPath().getName() for f in fs("s3://beta-data").listStatus(
        path("s3://beta-data/2025"))] == ["_hidden", "c d.txt", "é.txt"])
    write("x", s3, "beta-data", "colon", "10:30")
    ok("a colon in a name", fs("s3://beta-data").listStatus(
        path("s3://beta-data/colon"))[0].getLen() == 1)
    sc.parallelize(["a", "b"], 1).saveAsTextFile("s3://alpha/text")
    ok("saveAsTextFile", text(s3, "alpha", "text", "part-00000") == "a\nb\n")
    write("m\n", work, "mounted", "m.txt")
    ok("mount through a link", sc.textFile("s3://open-data/m.txt").first() == "m")
    put("s3://open-data/new/n.txt", "n")
    ok("write to a mount", text(work, "mounted", "new", "n.txt") == "n")


def calls():
    places = {"s3://alpha/calls": f"{s3}/alpha/calls", "hdfs:///calls": f"{hdfs}/calls"}
    for root, folder in places.items():
        scheme, f = root.split(":")[0], fs(root)
        a, b, d = (path(f"{root}/{name}") for name in "abd")
        put(f"{root}/a", "a")
        ok(f"{scheme} create, exists", f.exists(a) and not f.exists(b) and text(folder, "a") == "a")
        ok(f"{scheme} exists below a file", not f.exists(path(f"{root}/a/x")))
        ok(f"{scheme} mkdirs", f.mkdirs(d) and f.mkdirs(d) and os.path.isdir(f"{folder}/d"))
        out = f.append(a)
        out.write(b"+")
        out.close()
        ok(f"{scheme} append", text(folder, "a") == "a+")
        ok(f"{scheme} rename", f.rename(a, b) and text(folder, "b") == "a+")
        ok(f"{scheme} rename of nothing", not f.rename(a, d))
        ok(f"{scheme} rename into a folder", f.rename(b, d) and text(folder, "d", "b") == "a+")
        put(f"{root}/b", "other")
        ok(f"{scheme} rename onto a file", not f.rename(b, path(f"{root}/d/b"))
           and not f.rename(b, d) and text(folder, "d", "b") == "a+")
        ok(f"{scheme} rename below itself", not f.rename(d, path(f"{root}/d/e")))
        made = f.rename(b, path(f"{root}/no/b"))
        ok(f"{scheme} rename to a missing parent", made == (scheme == "s3"))
        ok(f"{scheme} content summary", f.getContentSummary(d).getLength() == 2)
        refused(f"{scheme} folder as a file", lambda: f.open(d), "/calls/d is a folder")
        refused(f"{scheme} create without overwrite",
                lambda: f.create(path(f"{root}/d/b"), False), "already exists")
        refused(f"{scheme} delete of a full folder", lambda: f.delete(d, False), "d")
        ok(f"{scheme} delete", f.delete(d, True) and not os.path.exists(f"{folder}/d"))
        ok(f"{scheme} delete of nothing", not f.delete(d, True))
        write("local", work, "local.txt")
        f.copyFromLocalFile(path(f"file://{work}/local.txt"), path(f"{root}/copied"))
        ok(f"{scheme} copyFromLocalFile", text(folder, "copied") == "local")
        context = jvm.org.apache.hadoop.fs.FileContext.getFileContext(a.toUri(), conf)
        put(f"{root}/new", "new")
        overwrite = sc._gateway.new_array(jvm.org.apache.hadoop.fs.Options.Rename, 1)
        overwrite[0] = jvm.org.apache.hadoop.fs.Options.Rename.OVERWRITE
        context.rename(path(f"{root}/new"), path(f"{root}/copied"), overwrite)
        ok(f"{scheme} FileContext rename", text(folder, "copied") == "new")
        missing = "/calls/absent"
        refused(f"{scheme} missing path", lambda: f.open(path(f"{root}/absent")), missing)
    alpha = path("s3://alpha/")
    fs("s3://alpha").delete(alpha, True)
    ok("an emptied bucket stays", os.listdir(f"{s3}/alpha") == [])
    ok("an empty bucket", fs("s3://alpha").listStatus(alpha) is not None)

    def create(i):
        put(f"s3://alpha/deep/{i % 3}/er/{i}", str(i))
        return fs("s3://alpha").exists(path(f"s3://alpha/deep/{i % 3}/er/{i}"))
    with ThreadPoolExecutor(8) as pool:
        ok("concurrent use", all(pool.map(create, range(40))))


def errors():
    def read(uri):
        return lambda: sc.textFile(uri).count()
    refused("unknown bucket", read("s3://beta_data/x"),
            "NoSuchBucket: s3://beta_data does not exist", "Nearest: s3://beta-data.",
            f"mkdir -p {s3}/beta_data")
    refused("unknown bucket near a mount", read("s3a://opendata/x"), "Nearest: s3a://open-data.")
    refused("write to an unknown bucket", lambda: numbers.write.csv("s3://zzzzzzzz/x"),
            "NoSuchBucket: s3://zzzzzzzz does not exist. Buckets here")
    ok("nothing was made", not os.path.exists(f"{s3}/zzzzzzzz"))
    os.mkdir(f"{s3}/zzzzzzzz")
    ok("a bucket made meanwhile", fs("s3://zzzzzzzz/x").exists(path("s3://zzzzzzzz/")))
    os.rmdir(f"{s3}/zzzzzzzz")
    refused("a bucket removed meanwhile", lambda: put("s3://zzzzzzzz/x/y", ""), "NoSuchBucket")
    refused("names in another case", lambda: fs("s3://Alpha").open(path("s3://Alpha/x")),
            "NoSuchBucket")
    for name in ("/x", "../x", "a%2F..%2Fb/x", ".hidden/x", "ID:KEY@alpha/x"):
        uri = f"s3://{name}"
        refused(f"bucket name in {uri}", lambda u=uri: jvm.org.apache.hadoop.fs.FileSystem.get(
            jvm.java.net.URI.create(u), conf), "InvalidBucketName")
    refused("missing path", read("s3://alpha/absent"), "s3://alpha/absent")
    refused("missing path on hdfs://", lambda: fs("hdfs://x/").open(path("hdfs://x/absent 1")),
            "File does not exist: hdfs://x/absent 1")
    write("secret", work, "outside", "secret.txt")
    places = {"s3://alpha": f"{s3}/alpha", "hdfs://x": hdfs, "s3n://open-data": f"{work}/mounted"}
    for root, folder in places.items():
        f = fs(root + "/")
        for up in ("/..", "/../..", "/a/../.."):
            refused(f"{root}{up}", lambda u=up: f.open(path(f"{root}{u}/outside/secret.txt")),
                    "AccessDenied")
        os.symlink(f"{work}/outside", f"{folder}/link")
        os.symlink(f"{work}/outside/new.txt", f"{folder}/broken")
        refused(f"{root} link out", lambda: f.open(path(f"{root}/link/secret.txt")), "AccessDenied")
        refused(f"{root} write by a link", lambda: put(f"{root}/link/x", ""), "AccessDenied")
        refused(f"{root} write by a broken link", lambda: put(f"{root}/broken", ""), "broken link")
        refused(f"{root} rename by a link",
                lambda: f.rename(path(f"{root}/link"), path(f"{root}/y")), "AccessDenied")
        ok(f"{root} delete takes the link only", f.delete(path(f"{root}/link"), True))
        f.mkdirs(path(f"{root}/full"))
        os.symlink(f"{work}/outside", f"{folder}/full/link")
        f.delete(path(f"{root}/full"), True)
        f.delete(path(f"{root}/broken"), True)
    os.symlink(f"{work}/outside", f"{s3}/linked")
    refused("a bucket that is a link out", read("s3://linked/secret.txt"), "AccessDenied", "mount")
    os.remove(f"{s3}/linked")
    ok("nothing outside was touched", os.listdir(f"{work}/outside") == ["secret.txt"])


def streams():
    write('{"n": 1}\n{"n": 2}\n', hdfs, "in", "1.json")
    for place in ("s3://alpha/stream", "hdfs:///stream", "hdfs://host:8020/stream2"):
        for round in (1, 2):  # The second starts from the checkpoint.
            query = (spark.readStream.schema("n int").json("hdfs:///in").groupBy("n").count()
                     .writeStream.outputMode("complete").format("memory").queryName("q")
                     .option("checkpointLocation", place + "/checkpoint")
                     .trigger(availableNow=True).start())
            query.awaitTermination()
        (spark.readStream.schema("n int").json("hdfs:///in").writeStream.format("parquet")
         .option("checkpointLocation", place + "/log").trigger(availableNow=True)
         .start(place + "/out").awaitTermination())
        ok(f"stream to {place}", spark.read.parquet(place + "/out").count() == 2)
    ok("checkpoint is plain files", os.path.isfile(f"{s3}/alpha/stream/checkpoint/commits/0"))


for part in (submitted, tables, listings, calls, errors, streams):
    part()
recorded = text(work, "outputs").splitlines()
ok("outputs", recorded[0] == "s3://alpha/csv" and "s3a://alpha/json" in recorded)
ok("relative output", any(line.endswith("/user/hadoop/relative/json") for line in recorded))
spark.stop()
ok("event log on hdfs://", len(os.listdir(f"{hdfs}/var/log/spark/apps")) == 1)
litter = [name for root in (s3, hdfs) for _, _, names in os.walk(root) for name in names
          if name.endswith(".crc")]
ok("no .crc files", litter == [])
