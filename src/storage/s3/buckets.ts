import { type S3Client, S3Error } from "./client.ts";
import { elements, text } from "./xml.ts";

export interface Bucket {
  name: string;
  /** Milliseconds. */
  created: number;
}

export async function listBuckets(client: S3Client): Promise<Bucket[]> {
  const { text: xml } = await client.send({ method: "GET" });
  return elements(xml, "Bucket").map((one) => ({
    name: text(one, "Name") ?? "",
    created: Date.parse(text(one, "CreationDate") ?? "") || 0,
  }));
}

/** Where it lives; undefined where there is none. The oldest region is told as nothing (API reference, GetBucketLocation). */
export async function bucketRegion(client: S3Client, bucket: string): Promise<string | undefined> {
  try {
    const { text: xml } = await client.send({ method: "GET", bucket, query: { location: "" } });
    const said = text(xml, "LocationConstraint");
    return said === "EU" ? "eu-west-1" : said || "us-east-1";
  } catch (error) {
    if (error instanceof S3Error && error.status === 404) return undefined;
    throw error;
  }
}

export async function makeBucket(client: S3Client, bucket: string): Promise<void> {
  await client.send({ method: "PUT", bucket, ...locationOf(client.region) });
}

/** Only the oldest region goes without saying. */
function locationOf(region: string) {
  if (region === "us-east-1") return {};
  return {
    body: `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`,
  };
}

export async function removeBucket(client: S3Client, bucket: string): Promise<void> {
  await client.send({ method: "DELETE", bucket });
}
