#!/bin/sh
# filesystem.sh SPARK_HOME FOLDER [spark-submit options]: runs filesystem.py on the folders of
# mayfly.jar. FOLDER must not exist yet. The program itself is read from s3://, as on EMR.
set -eu
spark=$1 work=$2
shift 2
here=$(CDPATH= cd "$(dirname "$0")" && pwd)
jar=$here/../mayfly.jar
mkdir "$work"
work=$(CDPATH= cd "$work" && pwd)
mkdir -p "$work/s3/code" "$work/s3/alpha" "$work/s3/beta-data" "$work/mounted" "$work/outside" \
  "$work/hdfs/var/log/spark/apps" "$work/jars"
ln -s "$work/mounted" "$work/mount-link"
cp "$here/filesystem.py" "$here/checks.py" "$work/s3/code/"
echo 'WORD = "from py-files"' >"$work/s3/code/helper.py"
echo 'from files' >"$work/hdfs/lookup.txt"
# Any jar will do: what is in it must be found by the driver.
echo 'from jars' >"$work/jars/marker.txt"
(cd "$work/jars" && python3 -m zipfile -c "$work/s3/code/extra.jar" marker.txt)
set -- --py-files s3://code/helper.py,s3n://code/checks.py \
  --files hdfs:///lookup.txt --jars s3a://code/extra.jar "$@"
for scheme in s3 s3a s3n hdfs; do
  set -- --conf "spark.hadoop.fs.$scheme.impl=mayfly.FolderFileSystem" \
    --conf "spark.hadoop.fs.AbstractFileSystem.$scheme.impl=mayfly.FolderFs" "$@"
done
# Hadoop's defaults name a committer for s3a:// that is in a jar Spark does not bring.
committer=org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory
cd "$work"
SPARK_HOME=$spark exec "$spark/bin/spark-submit" --master 'local[2]' \
  --conf "spark.driver.extraClassPath=$jar" \
  --conf "spark.executor.extraClassPath=$jar" \
  --conf "spark.hadoop.fs.mayfly.s3.root=$work/s3" \
  --conf "spark.hadoop.fs.mayfly.hdfs.root=$work/hdfs" \
  --conf spark.hadoop.fs.mayfly.hdfs.user=hadoop \
  --conf "spark.hadoop.fs.mayfly.bucket.open-data=$work/mount-link" \
  --conf "spark.hadoop.fs.mayfly.outputs=$work/outputs" \
  --conf "spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3a=$committer" \
  --conf spark.hadoop.fs.defaultFS=hdfs:/// \
  --conf spark.eventLog.enabled=true --conf spark.eventLog.dir=hdfs:///var/log/spark/apps \
  --conf spark.sql.warehouse.dir=hdfs:///user/spark/warehouse \
  --conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=2 \
  "$@" s3://code/filesystem.py "$work"
