"""SQL on a driver that stays: statements come as files in a folder, results go there.

    query.py FOLDER

N.json is {"sql", "tables": [{"name", "format", "paths"}], "most", "file"} or {"convert": paths, "to": folder}; when it is done there is
N.done.json: {"columns", "more"} or {"wrong": text}. Rows go to "file", one JSON array a line. N.cancel ends statement N, a file
"end" ends this.
"""

import datetime
import decimal
import json
import math
import os
import sys
import threading
import time

from pyspark.sql import SparkSession

FOLDER = sys.argv[1]
WAIT = 0.02


def plain(value):
    """As JSON has it: text where its numbers do not hold what it is."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    if isinstance(value, decimal.Decimal):
        digits = len("".join(map(str, value.as_tuple().digits)).lstrip("0"))
        if digits > 15:
            return format(value, "f")
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime.datetime):
        text = value.isoformat()
        return (text[:19] + text[19:].rstrip("0")) if "." in text else text
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return "0x" + bytes(value).hex()
    if hasattr(value, "asDict"):
        return {name: plain(value[i]) for i, name in enumerate(value.__fields__)}
    if isinstance(value, dict):
        if all(isinstance(key, str) for key in value):
            return {key: plain(one) for key, one in value.items()}
        return [{"key": plain(key), "value": plain(one)} for key, one in value.items()]
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return str(value)


def base_of(path):
    """The folder above those that are called like column=value."""
    parts = path.split("/")
    first = next((i for i, part in enumerate(parts[:-1]) if "=" in part), None)
    return None if first is None else "/".join(parts[:first])


def reader(spark, format, paths):
    reading = spark.read
    bases = {base_of(path) for path in paths}
    if len(bases) == 1 and None not in bases:
        reading = reading.option("basePath", bases.pop())
    if format == "csv":
        reading = reading.option("header", True).option("inferSchema", True)
    return reading.format(format).load(paths)


def ask(spark, wish):
    for table in wish.get("tables", []):
        reader(spark, table["format"], table["paths"]).createOrReplaceTempView("`" + table["name"].replace("`", "``") + "`")
    frame = spark.sql(wish["sql"])
    columns = [{"name": field.name, "type": field.dataType.simpleString()} for field in frame.schema.fields]
    most = wish["most"]
    count, more = 0, False
    rows = frame.limit(most + 1).collect() if most < 10**6 else frame.toLocalIterator()
    with open(wish["file"], "w", encoding="utf-8") as file:
        for row in rows:
            if count == most:
                more = True
                break
            count += 1
            file.write(json.dumps([plain(value) for value in row], ensure_ascii=False) + "\n")
    return {"columns": columns, "more": more}


def convert(spark, wish):
    reader(spark, "orc", wish["convert"]).write.parquet(wish["to"])
    return {"columns": [], "more": False}


def put(name, content):
    path = os.path.join(FOLDER, name)
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(content, file)
    os.rename(path + ".new", path)


def watch_cancel(spark, number, done):
    """Again and again: a statement that is still being planned has no job yet."""
    while not done.is_set():
        if os.path.exists(os.path.join(FOLDER, f"{number}.cancel")):
            spark.sparkContext.cancelAllJobs()
        time.sleep(WAIT)


def is_alive(spark):
    """Whether another statement could be asked."""
    try:
        return not spark.sparkContext._jsc.sc().isStopped()
    except Exception:
        return False


def main():
    spark = SparkSession.builder.getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    # A text names tables, and no files that nobody has looked at.
    spark.conf.set("spark.sql.runSQLOnFiles", "false")
    os.environ["TZ"] = "UTC"
    time.tzset()
    put("ready", {})
    number = 1
    while os.path.isdir(FOLDER) and not os.path.exists(os.path.join(FOLDER, "end")):
        path = os.path.join(FOLDER, f"{number}.json")
        if not os.path.exists(path):
            time.sleep(WAIT)
            continue
        with open(path, encoding="utf-8") as file:
            wish = json.load(file)
        done = threading.Event()
        watcher = threading.Thread(target=watch_cancel, args=(spark, number, done), daemon=True)
        watcher.start()
        try:
            answer = (convert if "convert" in wish else ask)(spark, wish)
        except Exception as error:  # every mistake of a text ends here
            if not is_alive(spark):
                sys.exit("its JVM has ended")
            answer = {"wrong": str(getattr(error, "desc", None) or error)}
        done.set()
        put(f"{number}.done.json", answer)
        number += 1


main()
