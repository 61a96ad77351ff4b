import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { filesInside, readInside } from "../../src/rehearsal/instances/read.ts";
import { type HadoopJarStep, stepProgram } from "../../src/rehearsal/steps/command.ts";
import { makeFolder } from "../support/cli.ts";
import { needs } from "../support/needs.ts";
import { FAST } from "../support/rehearsal/fast.ts";
import { openShell, type Ran, type Shell } from "../support/rehearsal/instance.ts";
import { startMinistack } from "../support/servers/ministack.ts";
import type { S3Server } from "../support/servers/rclone.ts";

/** The programs of a cluster, in the roots of its instances, against an S3 that other people wrote. */
const bwrap = needs("bwrap");
const SPARK = "3.5.6";
const COUNT = `import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("words").getOrCreate()
words = spark.sparkContext.textFile(sys.argv[1]).flatMap(str.split)
counts = sorted(words.map(lambda w: (w, 1)).reduceByKey(lambda a, b: a + b).collect())
spark.createDataFrame(counts, ["word", "n"]).coalesce(1).write.mode("overwrite").csv(sys.argv[2])
print("COUNTED", counts)
`;
const MAPPER = `#!/usr/bin/env python3
import sys
for line in sys.stdin:
    for word in line.split():
        print(word, 1, sep="\\t")
`;
const REDUCER = `#!/usr/bin/env python3
import itertools, sys
for word, rows in itertools.groupby((line.split() for line in sys.stdin), lambda row: row[0]):
    print(word, sum(int(n) for _, n in rows), sep="\\t")
`;
const COUNTED = "COUNTED [('a', 3), ('b', 1), ('c', 1)]\n";
const folder = makeFolder({ "wheel.py": wheelMaker() });
let s3: S3Server;
let one: Shell;

before(async () => {
  if (bwrap.skip) return;
  s3 = await startMinistack(join(folder.path, "s3"));
  one = await open();
  const made = await one.sh(`aws s3 mb s3://words && cd && printf 'a b a\\nc a\\n' >in.txt
    cat >count.py <<'PY'\n${COUNT}\nPY
    cat >map.py <<'PY'\n${MAPPER}\nPY
    cat >reduce.py <<'PY'\n${REDUCER}\nPY
    chmod +x *.py; aws s3 cp --quiet in.txt s3://words/in/in.txt && aws s3 cp --quiet count.py s3://words/count.py`);
  assert.equal(made.code, 0, made.err);
});
after(async () => {
  await one?.terminate();
  await s3?.stop();
  folder.remove();
});

const open = () => {
  const aws = Object.entries(s3.env).filter(([, value]) => value !== "");
  const keys = Object.fromEntries(aws) as Record<string, string>;
  const wish = { spark: SPARK, aws: keys, configurations: FAST };
  return openShell(join(folder.path, "cluster"), wish);
};

let steps = 0;
async function step(asked: HadoopJarStep, at = one): Promise<Ran> {
  const program = stepProgram(`s-${++steps}`, asked);
  const to = join(at.folder, "steps", `s-${steps}`);
  const files = { stdout: join(to, "stdout"), stderr: join(to, "stderr") };
  const { code } = await at.run(program.command, { ...program, ...files });
  const [out = "", err = ""] = Object.values(files).map((file) => readFileSync(file, "utf8"));
  return { code, out, err };
}

test("spark-submit as a client: from S3 to S3, what it prints is the step's", bwrap, async () => {
  const args = [
    "spark-submit",
    "--master",
    "yarn",
    "s3://words/count.py",
    "s3://words/in",
    "s3a://words/out",
  ];
  const done = await step({ Jar: "command-runner.jar", Args: args });
  assert.equal(done.code, 0, done.err);
  assert.equal(done.out, COUNTED);
  const { out } = await one.sh("aws s3 cp --quiet --recursive s3://words/out o; cat o/part*; ls o");
  assert.match(out, /^a,3\nb,1\nc,1\n_SUCCESS\npart-/);
});

test(
  "spark-submit to the cluster: what it prints is in the container, the step tells of the application",
  bwrap,
  async () => {
    const program = ["s3://words/count.py", "s3://words/in", "hdfs:///user/hadoop/counted"];
    const done = await step({
      Jar: "command-runner.jar",
      Args: ["spark-submit", "--deploy-mode", "cluster", ...program],
    });
    assert.equal(done.code, 0, done.err);
    assert.equal(done.out, "");
    const id = /Submitted application (application_\d+_\d{4})/.exec(done.err)?.[1];
    assert.match(done.err, /\(state: FINISHED\)[\s\S]*final status: SUCCEEDED/);
    const root = join(one.folder, "root");
    const logs = filesInside(root, `var/log/hadoop-yarn/containers/${id}`).sort();
    assert.deepEqual(
      logs.map((name) => name.replace(/^.*(_01_\d+)/, "$1")),
      ["_01_000001/stderr", "_01_000001/stdout"],
    );
    assert.equal(readInside(root, logs[1] ?? "").toString(), COUNTED);
    assert.equal((await one.sh("hadoop fs -cat counted/part*")).out, "a,3\nb,1\nc,1\n");
  },
);

test("AWS's first example, by each name that its guides call it by", bwrap, async () => {
  const jar = "/usr/lib/spark/examples/jars/spark-examples.jar";
  const calls = [
    ["spark-example", "SparkPi", "2"],
    ["spark-submit", "--class", "org.apache.spark.examples.SparkPi", `local://${jar}`, "2"],
  ];
  for (const Args of calls) {
    const done = await step({ Jar: "command-runner.jar", Args });
    assert.equal(done.code, 0, done.err);
    assert.match(done.out, /^Pi is roughly 3\.1\d+\n$/);
  }
  const other = await step({ Jar: "command-runner.jar", Args: ["spark-example", "SparkTC"] });
  assert.equal(other.code, 1);
  assert.match(other.err, /^cannot run the example 'SparkTC': .*SparkPi.*\n$/);
});

test("a master that a program sets in its own code is the cluster's", bwrap, async () => {
  const ways = [
    "SparkContext.getOrCreate(SparkConf().setMaster('yarn-client'))",
    "SparkSession.builder.master('yarn').getOrCreate().sparkContext",
  ];
  for (const way of ways) {
    const script = `from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession
sc = ${way}
print(sc.master, sc.parallelize(range(10)).sum())
`;
    await one.sh(`cat >master.py <<'PY'\n${script}\nPY`);
    const Args = ["spark-submit", "/home/hadoop/master.py"];
    const done = await step({ Jar: "command-runner.jar", Args });
    assert.equal(done.code, 0, done.err);
    assert.equal(done.out, "local[*] 45\n");
  }
});

test("a program that fails in the cluster fails its step", bwrap, async () => {
  const args = [
    "spark-submit",
    "--deploy-mode",
    "cluster",
    "--conf",
    "spark.master=yarn",
    "s3://words/none.py",
  ];
  const done = await step({ Jar: "command-runner.jar", Args: args });
  assert.equal(done.code, 1);
  assert.match(
    done.err,
    /final status: FAILED[\s\S]*Application application_\d+_\d+ finished with failed status/,
  );
});

test("Hadoop streaming, hdfs:// to s3://, by every name that it has had", bwrap, async () => {
  const put = await one.sh(
    "hadoop fs -mkdir -p /in && hadoop fs -put in.txt /in && hadoop fs -ls /in && hadoop fs -cat hdfs:///in/in.txt",
  );
  assert.match(put.out, / \/in\/in.txt\na b a\nc a\n$/, put.err);
  const args = (to: string) => [
    "-files",
    "/home/hadoop/map.py,/home/hadoop/reduce.py",
    "-mapper",
    "map.py",
    "-reducer",
    "reduce.py",
    "-input",
    "hdfs:///in",
    "-output",
    to,
  ];
  const jar = await step({
    Jar: "/home/hadoop/contrib/streaming/hadoop-streaming.jar",
    Args: args("s3://words/streamed"),
  });
  assert.equal(jar.code, 0, jar.err);
  const command = await step({
    Jar: "command-runner.jar",
    Args: ["hadoop-streaming", ...args("hdfs:///streamed")],
  });
  assert.equal(command.code, 0, command.err);
  const { out } = await one.sh("hadoop fs -cat s3://words/streamed/part* hdfs:///streamed/part*");
  assert.equal(out, "a\t3\nb\t1\nc\t1\n".repeat(2));
});

test("s3-dist-cp copies what fits its pattern", bwrap, async () => {
  const args = [
    "s3-dist-cp",
    "--src",
    "s3://words/",
    "--dest",
    "hdfs:///copied",
    "--srcPattern",
    ".*/in\\.txt",
  ];
  const done = await step({ Jar: "command-runner.jar", Args: args });
  assert.equal(done.code, 0, done.err);
  const { out } = await one.sh("hadoop fs -ls -R /copied | grep ^- | sed 's/.* //'");
  assert.equal(out, "/copied/in/in.txt\n");
  const odd = await step({
    Jar: "command-runner.jar",
    Args: ["s3-dist-cp", "--src", "a", "--dest", "b", "--groupBy", "x"],
  });
  assert.match(odd.err, /--groupBy is not part of a rehearsed cluster/);
  assert.equal(odd.code, 1);
});

test("script-runner fetches a script and runs it with its arguments", bwrap, async () => {
  await one.sh(
    "printf '#!/bin/bash\\necho \"$# $2\"; exit 7\\n' >s.sh; aws s3 cp --quiet s.sh s3://words/s.sh",
  );
  const jar = "s3://us-east-1.elasticmapreduce/libs/script-runner/script-runner.jar";
  const done = await step({ Jar: jar, Args: ["s3://words/s.sh", "a", "b c"] });
  assert.deepEqual([done.code, done.out], [7, "2 b c\n"]);
});

test("a command and a jar that are not there", bwrap, async () => {
  const command = await step({ Jar: "command-runner.jar", Args: ["hive-script", "x"] });
  assert.equal(command.code, 1);
  assert.match(command.err, /Cannot run program "hive-script" \(in directory "\."\): error=2/);
  const jar = await step({ Jar: "s3://words/none.jar" });
  assert.equal(jar.code, 1);
  assert.match(jar.err, /Error whilst fetching 's3:\/\/words\/none\.jar'/);
});

test("what pip installs is seen by Spark on this instance, and by no other", bwrap, async () => {
  writeFileSync(join(one.folder, "root/tmp/wheel.py"), readFileSync(join(folder.path, "wheel.py")));
  const installed = await one.sh(
    "python3 /tmp/wheel.py && sudo python3 -m pip install --user /tmp/tiny_canary-1.0-py3-none-any.whl",
  );
  assert.equal(installed.code, 0, installed.err);
  const asked = "python3 -c 'import tiny_canary, numpy; print(tiny_canary.HERE)'";
  assert.equal((await one.sh(asked)).out, "here\n");
  const job = await one.sh(`cat >p.py <<'PY'
from pyspark import SparkContext
def inside(_):
    import tiny_canary
    return tiny_canary.HERE
print(SparkContext.getOrCreate().parallelize([1]).map(inside).collect())
PY
spark-submit p.py`);
  assert.equal(job.out, "['here']\n", job.err);
  await one.sh("hadoop fs -put in.txt /shared.txt");
  const other = await open();
  const there = await other.sh(asked);
  assert.match(there.err, /No module named 'tiny_canary'/);
  assert.equal((await other.sh("hadoop fs -cat /shared.txt | wc -l")).out.trim(), "2");
  await other.terminate();
});

test(
  "the scripts of the tutorials: yum, wget, useradd, hadoop fs, apt, systemctl",
  bwrap,
  async () => {
    const done = await one.sh(`set -e
    sudo yum install libcurl-devel openssl-devel # used for devtools
    sudo yum install -y rstudio-server-rhel-1.2.5033-x86_64.rpm
    sudo useradd -m rstudio-user
    echo secret | sudo passwd rstudio-user
    hadoop fs -mkdir /user/rstudio-user
    hadoop fs -chmod 777 /user/rstudio-user
    sudo apt-get update; sudo apt install python3-pip; sudo systemctl restart sshd
    sudo chown -R rstudio-user:root /home/rstudio-user; sudo -u hdfs -H id -un
    getent passwd rstudio-user | cut -d: -f1,6`);
    assert.equal(done.code, 0, done.err);
    assert.equal(done.out, "hadoop\nrstudio-user:/home/rstudio-user\n");
    assert.match(done.err, /mayfly: yum install openssl-devel: not installed/);
  },
);

test("what a script asks about its cluster", bwrap, async () => {
  const { out } = await one.sh(
    "grep isMaster /mnt/var/lib/info/instance.json; aws configure list | grep -c env; hostname",
  );
  assert.match(out, /"isMaster": true[\s\S]*ip-10-0-0-\d+\.ec2\.internal\n$/);
});

/** A wheel of one module, made without the network. */
function wheelMaker(): string {
  return `import zipfile
info = "tiny_canary-1.0.dist-info"
with zipfile.ZipFile("/tmp/tiny_canary-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("tiny_canary.py", "HERE = 'here'")
    wheel.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: tiny-canary\\nVersion: 1.0\\n")
    wheel.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "/RECORD", "")
`;
}
