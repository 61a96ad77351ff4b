import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, encode, presign, queryText, signHeaders } from "./sign.ts";

/** The examples of the S3 API reference, "Signature Calculations for the Authorization Header". */
const WHO = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const SCOPE = { region: "us-east-1", service: "s3", now: new Date("2013-05-24T00:00:00Z") };
const GET = {
  method: "GET",
  host: "examplebucket.s3.amazonaws.com",
  path: "/test.txt",
  query: {},
  headers: {},
  payload: EMPTY,
};
const signatureOf = (headers: Record<string, string>) =>
  /Signature=(\w+)/.exec(headers.authorization ?? "")?.[1];

test("a request is signed as the S3 API reference signs its examples", () => {
  assert.equal(
    signatureOf(signHeaders({ ...GET, headers: { range: "bytes=0-9" } }, WHO, SCOPE)),
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  );
  assert.equal(
    signatureOf(signHeaders({ ...GET, path: "/", query: { lifecycle: "" } }, WHO, SCOPE)),
    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  );
  assert.equal(
    signatureOf(
      signHeaders({ ...GET, path: "/", query: { "max-keys": "2", prefix: "J" } }, WHO, SCOPE),
    ),
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  );
});

test("a link is signed as the reference signs its example", () => {
  assert.match(
    presign(GET, WHO, SCOPE, 86_400),
    /X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404$/,
  );
});

test("names are encoded as RFC 3986 has it, and queries sorted by what they become", () => {
  assert.equal(encode("a b+c/é!'()*~"), "a%20b%2Bc%2F%C3%A9%21%27%28%29%2A~");
  assert.equal(queryText({ b: "2", a: "", "A b": "ü" }), "A%20b=%C3%BC&a=&b=2");
});
