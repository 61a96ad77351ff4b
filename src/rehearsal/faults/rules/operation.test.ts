import assert from "node:assert/strict";
import { test } from "node:test";
import type { Asked } from "../../door/request.ts";
import { otherCall, s3Call } from "./operation.ts";

const asked = (method: string, path: string, headers: Record<string, string> = {}): Asked => {
  const [own = "", query = ""] = path.split("?");
  return { method, path: own, query, headers: Object.entries(headers) };
};

test("operations of S3, by method, query and headers", () => {
  for (const [method, path, operation] of [
    ["GET", "/", "ListBuckets"],
    ["GET", "/b", "ListObjects"],
    ["GET", "/b/?list-type=2&prefix=a", "ListObjectsV2"],
    ["GET", "/b?location", "GetBucketLocation"],
    ["GET", "/b?policyStatus", "GetBucketPolicyStatus"],
    ["GET", "/b?lifecycle", "GetBucketLifecycleConfiguration"],
    ["DELETE", "/b?lifecycle", "DeleteBucketLifecycle"],
    ["GET", "/b?metrics", "ListBucketMetricsConfigurations"],
    ["GET", "/b?metrics&id=x", "GetBucketMetricsConfiguration"],
    ["PUT", "/b", "CreateBucket"],
    ["DELETE", "/b", "DeleteBucket"],
    ["HEAD", "/b", "HeadBucket"],
    ["POST", "/b?delete", "DeleteObjects"],
    ["GET", "/b/k", "GetObject"],
    ["GET", "/b/k?versionId=1", "GetObject"],
    ["GET", "/b/k?uploadId=1", "ListParts"],
    ["HEAD", "/b/a/k", "HeadObject"],
    ["PUT", "/b/k", "PutObject"],
    ["PUT", "/b/k?tagging", "PutObjectTagging"],
    ["PUT", "/b/k?partNumber=1&uploadId=2", "UploadPart"],
    ["POST", "/b/k?uploads", "CreateMultipartUpload"],
    ["POST", "/b/k?uploadId=1", "CompleteMultipartUpload"],
    ["DELETE", "/b/k?uploadId=1", "AbortMultipartUpload"],
    ["DELETE", "/b/k", "DeleteObject"],
  ] as const)
    assert.equal(s3Call(asked(method, path), undefined).operation, operation, `${method} ${path}`);
  const copy = { "x-amz-copy-source": "/b/a" };
  assert.equal(s3Call(asked("PUT", "/b/k", copy), undefined).operation, "CopyObject");
  const part = asked("PUT", "/b/k?partNumber=1&uploadId=2", copy);
  assert.equal(s3Call(part, undefined).operation, "UploadPartCopy");
  const { bucket, key, operation } = s3Call(asked("PUT", "/a%20b/c"), "hosted");
  assert.deepEqual([bucket, key, operation], ["hosted", "a b/c", "PutObject"]);
});

test("operations of all others: JSON, query, REST", () => {
  const none = Buffer.alloc(0);
  const of = (service: string, one: Asked, body = none) => otherCall(service, one, body).operation;
  const target = { "x-amz-target": "ElasticMapReduce.RunJobFlow" };
  assert.equal(of("elasticmapreduce", asked("POST", "/", target)), "RunJobFlow");
  const form = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  const body = Buffer.from("Action=DescribeVpcs&Version=1");
  assert.equal(of("ec2", asked("POST", "/", form), body), "DescribeVpcs");
  assert.equal(of("iam", asked("GET", "/?Action=ListRoles&Version=1")), "ListRoles");
  for (const [method, path, operation] of [
    ["GET", "/applications", "ListApplications"],
    ["POST", "/applications", "CreateApplication"],
    ["GET", "/applications/a1", "GetApplication"],
    ["POST", "/applications/a1/jobruns", "StartJobRun"],
    ["DELETE", "/applications/a1/jobruns/r1", "CancelJobRun"],
    ["GET", "/tags/arn%3Aaws", "ListTagsForResource"],
    ["GET", "/nothing/like/it", "GET /nothing/like/it"],
  ] as const)
    assert.equal(of("emr-serverless", asked(method, path)), operation, `${method} ${path}`);
});
