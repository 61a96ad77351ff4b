import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { pythonTools } from "../python-tools.ts";
import { COUNT_PY, TEXT } from "./words.ts";
import { type Ran, rehearsalWorld, runProgram } from "./world.ts";

const CLIENTS = join(import.meta.dirname, "../../rehearsal/clients");

/** A rehearsal, with clients from PyPI that know nothing of it but the environment which `start` prints. */
export function clientWorld(...packages: string[]) {
  const world = rehearsalWorld();
  const env: NodeJS.ProcessEnv = { ...world.env, HOME: world.path, PYTHONDONTWRITEBYTECODE: "1" };
  let python = "";
  before(async () => {
    Object.assign(env, await world.start());
    if (packages.length > 0) {
      const tools = await pythonTools(...packages);
      python = tools.python;
      env.PYTHONPATH = tools.env.PYTHONPATH;
    }
    writeFileSync(join(world.path, "count.py"), COUNT_PY);
    writeFileSync(join(world.path, "text.txt"), TEXT);
  });
  after(() => world.remove());
  /** A script of `test/rehearsal/clients`, or what follows `-m`. */
  const run = (name: string, ...args: string[]): Promise<Ran> => {
    if (name !== "-m") copyFileSync(join(CLIENTS, name), join(world.path, name));
    return runProgram(python, [name, ...args], { cwd: world.path, env });
  };
  const s3 = () => new S3Client(sdkSettings(env));
  return {
    path: world.path,
    env,
    python: run,
    /** The word count and its text, in a bucket that is made. */
    async upload(Bucket: string): Promise<void> {
      await s3().send(new CreateBucketCommand({ Bucket }));
      for (const [Key, Body] of Object.entries({ "count.py": COUNT_PY, "text.txt": TEXT }))
        await s3().send(new PutObjectCommand({ Bucket, Key, Body }));
    },
    /** What the word count has written below `out/`. */
    async result(Bucket: string): Promise<string> {
      const all = await s3().send(new ListObjectsV2Command({ Bucket, Prefix: "out/part-" }));
      const keys = all.Contents?.map(({ Key = "" }) => Key) ?? [];
      assert.equal(keys.length, 1, `${keys}`);
      const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key: keys[0] }));
      return (await Body?.transformToString()) ?? "";
    },
  };
}

/** For the AWS SDK for JavaScript. */
export const sdkSettings = (env: NodeJS.ProcessEnv) => ({
  endpoint: env.AWS_ENDPOINT_URL ?? "",
  region: env.AWS_REGION ?? "",
  credentials: {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
  },
});

/** What a program printed, when it ended well. */
export function ran({ code, out, err }: Ran): string {
  if (code !== 0) throw new Error(`exit code ${code}\n${out}\n${err}`);
  return out;
}
