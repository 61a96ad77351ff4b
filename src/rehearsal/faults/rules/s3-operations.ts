/**
 * S3's operations, by what tells them apart: S3 API reference, "Request Syntax" of each. A method, what it is asked of, and the
 * name in the query that makes it another one; where none stands there, it is the plain one of its method.
 */
const BUCKET = `
  GET     ListObjects
  GET     list-type            ListObjectsV2
  GET     uploads              ListMultipartUploads
  GET     versions             ListObjectVersions
  GET     location             GetBucketLocation
  GET     policyStatus         GetBucketPolicyStatus
  GET     session              CreateSession
  HEAD    HeadBucket
  PUT     CreateBucket
  DELETE  DeleteBucket
  DELETE  lifecycle            DeleteBucketLifecycle
  POST    delete               DeleteObjects
  *       accelerate           BucketAccelerateConfiguration
  *       acl                  BucketAcl
  *       analytics            BucketAnalyticsConfiguration
  *       cors                 BucketCors
  *       encryption           BucketEncryption
  *       intelligent-tiering  BucketIntelligentTieringConfiguration
  *       inventory            BucketInventoryConfiguration
  *       lifecycle            BucketLifecycleConfiguration
  *       logging              BucketLogging
  *       metrics              BucketMetricsConfiguration
  *       notification         BucketNotificationConfiguration
  *       object-lock          ObjectLockConfiguration
  *       ownershipControls    BucketOwnershipControls
  *       policy               BucketPolicy
  *       publicAccessBlock    PublicAccessBlock
  *       replication          BucketReplication
  *       requestPayment       BucketRequestPayment
  *       tagging              BucketTagging
  *       versioning           BucketVersioning
  *       website              BucketWebsite`;
const OBJECT = `
  GET     GetObject
  GET     attributes           GetObjectAttributes
  GET     torrent              GetObjectTorrent
  GET     uploadId             ListParts
  HEAD    HeadObject
  PUT     PutObject
  PUT     partNumber           UploadPart
  PUT     renameObject         RenameObject
  DELETE  DeleteObject
  DELETE  uploadId             AbortMultipartUpload
  POST    uploads              CreateMultipartUpload
  POST    uploadId             CompleteMultipartUpload
  POST    restore              RestoreObject
  POST    select               SelectObjectContent
  *       acl                  ObjectAcl
  *       legal-hold           ObjectLegalHold
  *       retention            ObjectRetention
  *       tagging              ObjectTagging`;
/** What can be changed, and not deleted. */
const KEPT =
  /(?:Acl|Logging|RequestPayment|Versioning|LifecycleConfiguration|AccelerateConfiguration|NotificationConfiguration|LockConfiguration|LegalHold|Retention)$/;
const VERBS: Record<string, string> = { GET: "Get", PUT: "Put", DELETE: "Delete" };

function table(text: string): Map<string, string> {
  const rows = new Map<string, string>();
  for (const line of text.trim().split("\n")) {
    const [method = "", second = "", third] = line.trim().split(/\s+/);
    if (third === undefined) rows.set(method, second);
    else if (method !== "*") rows.set(`${method} ${second}`, third);
    else
      for (const [verb, word] of Object.entries(VERBS))
        if (verb !== "DELETE" || !KEPT.test(third)) rows.set(`${verb} ${second}`, word + third);
  }
  return rows;
}

const bucketRows = table(BUCKET);
const objectRows = table(OBJECT);
/** S3 has one operation for one of them, and another for the list of all. */
const LISTED = /^GetBucket(Analytics|IntelligentTiering|Inventory|Metrics)Configuration$/;

export const S3_OPERATIONS: readonly string[] = [
  "ListBuckets",
  "CopyObject",
  "UploadPartCopy",
  ...bucketRows.values(),
  ...objectRows.values(),
].flatMap((name) =>
  LISTED.test(name) ? [name, name.replace(/^Get/, "List").replace(/$/, "s")] : [name],
);

export interface S3Asked {
  method: string;
  bucket: string | undefined;
  key: string;
  /** Names in the query. */
  names: readonly string[];
  copies: boolean;
}

export function s3Operation({ method, bucket, key, names, copies }: S3Asked): string {
  if (bucket === undefined) return method === "GET" ? "ListBuckets" : `${method} /`;
  const rows = key === "" ? bucketRows : objectRows;
  const name = names.map((one) => rows.get(`${method} ${one}`)).find((one) => one !== undefined);
  const plain = name ?? rows.get(method) ?? `${method} /`;
  if (copies && plain === "PutObject") return "CopyObject";
  if (copies && plain === "UploadPart") return "UploadPartCopy";
  if (LISTED.test(plain) && !names.includes("id")) return `${plain.replace(/^Get/, "List")}s`;
  return plain;
}
