import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type PythonTools, pythonTools } from "./python-tools.ts";
import { type Ran, rehearsalWorld, runProgram } from "./rehearsal/world.ts";

export type AwsWorld = Awaited<ReturnType<typeof awsWorld>>;

/** A rehearsal with aws-cli, and whatever else of Python's index is asked for beside it. */
export async function awsWorld(...more: string[]) {
  const world = rehearsalWorld();
  const cli = await pythonTools("awscli==1.44.3");
  const others = more.length > 0 ? await pythonTools(...more) : cli;
  let env: NodeJS.ProcessEnv = {};
  const as = (tools: PythonTools, args: string[], cwd = world.path): Promise<Ran> =>
    runProgram(tools.python, args, {
      cwd,
      env: { ...env, PYTHONPATH: tools.env.PYTHONPATH },
    });
  const found = {
    ...world,
    async start() {
      env = { ...world.env, ...(await world.start()) };
    },
    /** With the other packages, in a folder below the world's. */
    python: (folder: string, ...args: string[]) => as(others, args, join(world.path, folder)),
    async aws(...args: string[]): Promise<string> {
      const said = await as(cli, ["-m", "awscli", ...args]);
      assert.equal(said.code, 0, `aws ${args.join(" ")}: ${said.err}`);
      return said.out.trim();
    },
    async refused(...args: string[]): Promise<string> {
      const said = await as(cli, ["-m", "awscli", ...args]);
      assert.notEqual(said.code, 0, `aws ${args.join(" ")}: ${said.out}`);
      return said.err.trim();
    },
    async asked<T>(...args: string[]): Promise<T> {
      return JSON.parse(await found.aws(...args, "--output", "json")) as T;
    },
    /** A file of the bucket, made of this text. */
    async upload(name: string, text: string, bucket = "demo") {
      writeFileSync(join(world.path, name), text);
      await found.aws("s3", "cp", name, `s3://${bucket}/${name}`);
    },
    async read(uri: string): Promise<Buffer> {
      await found.aws("s3", "cp", uri, "read");
      return readFileSync(join(world.path, "read"));
    },
    log: async (uri: string) => gunzipSync(await found.read(uri)).toString(),
    keys: async (uri: string) =>
      (await found.aws("s3", "ls", "--recursive", uri))
        .split("\n")
        .map((line) => line.split(/\s+/)[3] ?? ""),
    /** What Spark has written into this folder, its parts one after another. */
    async output(bucket: string, prefix: string): Promise<string> {
      const parts = (await found.keys(`s3://${bucket}/${prefix}`)).filter((key) =>
        /\/part-/.test(key),
      );
      const texts = [];
      for (const key of parts) texts.push((await found.read(`s3://${bucket}/${key}`)).toString());
      return texts.join("");
    },
  };
  return found;
}

/** Counts the words of its first argument into its second one. */
export const COUNT = `import sys
from pyspark.sql import SparkSession
s = SparkSession.builder.getOrCreate()
words = s.sparkContext.textFile(sys.argv[1]).flatMap(str.split)
counts = words.map(lambda w: (w, 1)).reduceByKey(lambda a, b: a + b)
print("distinct", counts.count())
s.createDataFrame(counts, ["word", "count"]).coalesce(1).orderBy("word").write.csv(sys.argv[2])
`;
export const WORDS = "a b a\nc a b\n";
export const COUNTED = "a,3\nb,2\nc,1\n";
