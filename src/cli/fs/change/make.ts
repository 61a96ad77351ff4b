import { makeBucket, removeBucket } from "../../../engine/fs/buckets.ts";
import { withStores } from "../../../engine/fs/stores.ts";
import type { Command } from "../../command.ts";
import { needWords, readFsOptions, s3Options } from "../options.ts";

const mkdirUsage = "fs mkdir URI…";

export const mkdir: Command = {
  summary: "make a folder, and those above it",
  usage: mkdirUsage,
  examples: [
    ["fs mkdir hdfs:///user/me", "in HDFS"],
    ["fs mkdir s3://results/new/", "on S3 itself, an empty object whose name ends with /"],
  ],
  options: s3Options,
  async run(input, io) {
    const uris = needWords(input, "mkdir", 1, mkdirUsage);
    return withStores(readFsOptions(input, io), async (stores) => {
      for (const uri of uris) {
        const { store, path } = await stores.at(uri);
        await store.makeFolder(path);
      }
      return 0;
    });
  },
};

const mbUsage = "fs mb s3://BUCKET";

export const mb: Command = {
  summary: "make a bucket: here a folder, with --live-s3 on S3 itself",
  usage: mbUsage,
  examples: [
    ["fs mb s3://results", "on the laptop, .mayfly/s3/results"],
    ["fs mb s3://results --live-s3 --region eu-west-1", "on S3 itself"],
  ],
  options: s3Options,
  most: 1,
  async run(input, io) {
    const [uri = ""] = needWords(input, "mb", 1, mbUsage);
    return withStores(readFsOptions(input, io), async (stores) => {
      await makeBucket(uri, stores);
      return 0;
    });
  },
};

const rbUsage = "fs rb s3://BUCKET [--force]";

export const rb: Command = {
  summary: "remove a bucket that is empty",
  usage: rbUsage,
  examples: [
    ["fs rb s3://results", "an empty one"],
    ["fs rb s3://results --force", "with all that is in it"],
  ],
  options: { force: { type: "boolean", help: "remove what is in it first" }, ...s3Options },
  most: 1,
  async run(input, io) {
    const [uri = ""] = needWords(input, "rb", 1, rbUsage);
    return withStores(readFsOptions(input, io), async (stores) => {
      await removeBucket(uri, input.flags.has("force"), stores);
      return 0;
    });
  },
};
