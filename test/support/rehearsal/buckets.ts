import { gunzipSync } from "node:zlib";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";

/** What lies in a rehearsal's buckets, through the AWS SDK: for files that a test needs or looks at. */
export function buckets(settings: () => S3ClientConfig) {
  let client: S3Client | undefined;
  const s3 = () => {
    client ??= new S3Client(settings());
    return client;
  };
  const place = (uri: string) => {
    const [, Bucket = "", Key = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
    return { Bucket, Key };
  };
  const found = {
    /** A new bucket with these files. */
    async bucket(Bucket: string, files: Record<string, string> = {}): Promise<void> {
      await s3().send(new CreateBucketCommand({ Bucket }));
      for (const [Key, Body] of Object.entries(files))
        await s3().send(new PutObjectCommand({ Bucket, Key, Body }));
    },
    async keys(uri: string): Promise<string[]> {
      const { Bucket, Key: Prefix } = place(uri);
      const { Contents } = await s3().send(new ListObjectsV2Command({ Bucket, Prefix }));
      return Contents?.map(({ Key = "" }) => Key) ?? [];
    },
    async read(uri: string): Promise<string> {
      return Buffer.from(await bytes(uri)).toString();
    },
    log: async (uri: string) => gunzipSync(await bytes(uri)).toString(),
    /** What Spark has written into this folder, its parts one after another. */
    async output(uri: string): Promise<string> {
      const parts = (await found.keys(`${uri}/part-`)).map(
        (key) => `s3://${place(uri).Bucket}/${key}`,
      );
      return (await Promise.all(parts.map(found.read))).join("");
    },
  };
  async function bytes(uri: string): Promise<Uint8Array> {
    const { Body } = await s3().send(new GetObjectCommand(place(uri)));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  }
  return found;
}
