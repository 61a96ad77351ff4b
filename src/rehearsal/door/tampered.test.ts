import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openTestDoor, type Raw, sendRaw, WHO } from "../../../test/support/rehearsal/door.ts";
import { presign, sha256, signHeaders } from "../../aws/sign.ts";

/** Every way we know to change a signed request, or to sign one wrongly: none may reach the companion. */
const door = await openTestDoor();
after(() => door.close());
const host = `127.0.0.1:${door.port}`;
const now = new Date();
const S3 = { region: "us-east-1", service: "s3", now };
const BODY = "hello, bucket";

function signed(
  unsigned: Partial<Parameters<typeof signHeaders>[0]> = {},
  scope = S3,
  who: Parameters<typeof signHeaders>[1] = WHO,
  body = BODY,
): Raw {
  const request = {
    method: "PUT",
    host,
    path: "/bucket/key",
    query: {},
    headers: { "x-amz-meta-a": "b", "content-type": "text/plain" },
    payload: sha256(body),
    ...unsigned,
  };
  const headers = signHeaders(request, who, scope);
  return {
    method: request.method,
    path: request.path,
    headers: [...Object.entries(headers).flat(), "content-length", String(Buffer.byteLength(body))],
    body,
  };
}

function set(raw: Raw, name: string, change: (value: string) => string): Raw {
  const headers = [...raw.headers];
  const at = headers.indexOf(name);
  assert.ok(at >= 0, name);
  headers[at + 1] = change(headers[at + 1] ?? "");
  return { ...raw, headers };
}
function without(raw: Raw, name: string): Raw {
  const at = raw.headers.indexOf(name);
  return { ...raw, headers: raw.headers.filter((_, i) => i !== at && i !== at + 1) };
}
const add = (raw: Raw, ...more: string[]): Raw => ({ ...raw, headers: [...raw.headers, ...more] });
const authorize = (change: (text: string) => string) => set(signed(), "authorization", change);
const at = (ms: number) => ({ ...S3, now: new Date(now.getTime() + ms) });
const link = (seconds = 600, scope = S3, who: typeof WHO & { sessionToken?: string } = WHO) => {
  const unsigned = {
    method: "GET",
    host,
    path: "/bucket/key",
    query: {},
    headers: {},
    payload: "",
  };
  return presign(unsigned, who, scope, seconds);
};
const get = (path: string, ...headers: string[]): Raw => ({
  method: "GET",
  path,
  headers: ["host", host, ...headers],
});
const json = (change: (raw: Raw) => Raw = (raw) => raw, scope = { ...S3, service: "kms" }) =>
  change(
    signed(
      { method: "POST", path: "/", headers: { "x-amz-target": "TrentService.ListKeys" } },
      scope,
      WHO,
      "{}",
    ),
  );

const TAMPERED: Record<string, Raw> = {
  "the body": { ...signed(), body: "hello, Bucket" },
  "the body, longer": set({ ...signed(), body: `${BODY}!` }, "content-length", () => "14"),
  "the body, shorter": set({ ...signed(), body: "hello" }, "content-length", () => "5"),
  "the body, none": set({ ...signed(), body: "" }, "content-length", () => "0"),
  "the hash and the body": set(
    set({ ...signed(), body: "x" }, "content-length", () => "1"),
    "x-amz-content-sha256",
    () => sha256("x"),
  ),
  "the hash, unsigned": set(signed(), "x-amz-content-sha256", () => "UNSIGNED-PAYLOAD"),
  "the hash, streaming": set(
    signed(),
    "x-amz-content-sha256",
    () => "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  ),
  "the hash, gone": without(signed(), "x-amz-content-sha256"),
  "the hash, twice": add(signed(), "x-amz-content-sha256", sha256(BODY)),
  "the hash, no hash": signed({ payload: "none" }),
  "the method": { ...signed(), method: "DELETE" },
  "the method, POST": { ...signed(), method: "POST" },
  "the path": { ...signed(), path: "/bucket/key2" },
  "the bucket": { ...signed(), path: "/bucke7/key" },
  "the path, another slash": { ...signed(), path: "/bucket//key" },
  "the path, a dot": { ...signed(), path: "/bucket/./key" },
  "the path, an encoded byte too many": { ...signed(), path: "/bucket/key%20" },
  "a query": { ...signed(), path: "/bucket/key?acl" },
  "a query without a value": { ...signed(), path: "/bucket/key?a=" },
  "the host": set(signed(), "host", () => `localhost:${door.port}`),
  "the host, with a bucket": set(signed(), "host", () => `bucket.localhost:${door.port}`),
  "the host, a stranger's": set(signed(), "host", () => `evil.example:${door.port}`),
  "the host, twice": add(signed(), "host", "evil.example"),
  "a signed header": set(signed(), "x-amz-meta-a", () => "c"),
  "a signed header, in its case": set(signed(), "content-type", () => "text/Plain"),
  "a signed header, gone": without(signed(), "x-amz-meta-a"),
  "a signed header, twice": add(signed(), "x-amz-meta-a", "b"),
  "an x-amz header that is not signed": add(signed(), "x-amz-acl", "public-read"),
  "a copy that is not signed": add(signed(), "x-amz-copy-source", "/other/key"),
  "a session token": add(signed(), "x-amz-security-token", "mine"),
  "the date": set(signed(), "x-amz-date", (date) =>
    date.replace(/\d\dZ$/, (s) => (s === "00Z" ? "01Z" : "00Z")),
  ),
  "the date, gone": without(signed(), "x-amz-date"),
  "the date, none": set(signed(), "x-amz-date", () => "yesterday"),
  "the date, twice": add(signed(), "x-amz-date", "20130524T000000Z"),
  "sixteen minutes ago": signed({}, at(-16 * 60_000)),
  "in sixteen minutes": signed({}, at(16 * 60_000)),
  "a day ago": signed({}, at(-86_400_000)),
  "the signature, one digit": authorize((text) =>
    text.replace(/.$/, (c) => (c === "0" ? "1" : "0")),
  ),
  "the signature, its first digit": authorize((text) => text.replace(/Signature=./, "Signature=g")),
  "the signature, empty": authorize((text) => text.replace(/Signature=\w+/, "Signature=")),
  "the signature, longer": authorize((text) => `${text}0`),
  "the signature, shorter": authorize((text) => text.slice(0, -1)),
  "the signature, in capitals": authorize((text) =>
    text.replace(/Signature=\w+/, (s) => `Signature=${s.slice(10).toUpperCase()}A`),
  ),
  "the signature, zeros": authorize((text) =>
    text.replace(/Signature=\w+/, `Signature=${"0".repeat(64)}`),
  ),
  "the signature, twice": authorize((text) => `${text}, Signature=${"0".repeat(64)}`),
  "the key": authorize((text) => text.replace(WHO.accessKeyId, "AKIAEXAMPLE000000001")),
  "the key, empty": authorize((text) => text.replace(WHO.accessKeyId, "")),
  "the key, a name of the language": authorize((text) =>
    text.replace(WHO.accessKeyId, "__proto__"),
  ),
  "the scope's day": authorize((text) => text.replace(/\/\d{8}\//, "/20130524/")),
  "the scope's region": authorize((text) => text.replace("us-east-1", "eu-west-1")),
  "the scope's service": authorize((text) => text.replace("/s3/", "/ec2/")),
  "the scope's end": authorize((text) => text.replace("aws4_request", "aws5_request")),
  "the scope, longer": authorize((text) => text.replace("aws4_request", "aws4_request/x")),
  "the signed names, fewer": authorize((text) => text.replace(";x-amz-meta-a", "")),
  "the signed names, without the host": authorize((text) => text.replace("host;", "")),
  "the signed names, another order": authorize((text) =>
    text.replace("content-type;host", "host;content-type"),
  ),
  "the signed names, in capitals": authorize((text) =>
    text.replace("=content-type;host", "=Content-Type;Host"),
  ),
  "the signed names, none": authorize((text) =>
    text.replace(/SignedHeaders=[^,]+/, "SignedHeaders="),
  ),
  "the algorithm": authorize((text) => text.replace("HMAC-SHA256", "HMAC-SHA1")),
  "the algorithm, version 4a": authorize((text) =>
    text.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
  ),
  "the algorithm, version 2": authorize(
    () => `AWS ${WHO.accessKeyId}:qgk2+6Sv9/oM7G3qLEjTH1a1l1g=`,
  ),
  "a password": authorize(() => `Basic ${Buffer.from("a:b").toString("base64")}`),
  "no authorization": without(signed(), "authorization"),
  "two authorizations": add(signed(), "authorization", "x"),
  "another secret": signed({}, S3, { ...WHO, secretAccessKey: "guess" }),
  "a token that was not given out": signed({}, S3, { ...WHO, sessionToken: "mine" }),
  "a header and a link": { ...signed(), path: link() },
  "a link: its signature": get(link().replace(/.$/, (c) => (c === "0" ? "1" : "0"))),
  "a link: its path": get(link().replace("/key?", "/kez?")),
  "a link: its method": { ...get(link()), method: "DELETE" },
  "a link: longer": get(link().replace("Expires=600", "Expires=6000")),
  "a link: longer than a week": get(link(604_801)),
  "a link: negative": get(link(-1)),
  "a link: expired": get(link(60, at(-120_000))),
  "a link: of tomorrow": get(link(600, at(86_400_000))),
  "a link: its day": get(link().replace(/X-Amz-Date=\d{8}/, "X-Amz-Date=20130524")),
  "a link: a parameter more": get(`${link()}&acl=`),
  "a link: a parameter less": get(link().replace(/&X-Amz-SignedHeaders=host/, "")),
  "a link: twice the key": get(`${link()}&X-Amz-Credential=x`),
  "a link: twice the signature": get(`${link()}&X-Amz-Signature=${"0".repeat(64)}`),
  "a link: a header that is not signed": get(link(), "x-amz-meta-a", "b"),
  "a link: another host": { ...get(link()), headers: ["host", `localhost:${door.port}`] },
  "a link: another secret": get(link(600, S3, { ...WHO, secretAccessKey: "guess" })),
  "a link: a token": get(link(600, S3, { ...WHO, sessionToken: "mine" })),
  "a link: without a signature": get(link().replace(/&X-Amz-Signature=\w+/, "")),
  "a link of version 2": get(
    `/bucket/key?AWSAccessKeyId=${WHO.accessKeyId}&Signature=AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D&Expires=9999999999`,
  ),
  "a link of version 2, expired": get(
    `/bucket/key?AWSAccessKeyId=${WHO.accessKeyId}&Signature=AAAA&Expires=1`,
  ),
  "JSON: its body": json((raw) => ({ ...raw, body: "[]" })),
  "JSON: what it asks for": json((raw) => set(raw, "x-amz-target", () => "TrentService.DeleteKey")),
  "JSON: an unsigned body": json((raw) =>
    set(raw, "x-amz-content-sha256", () => "UNSIGNED-PAYLOAD"),
  ),
  "JSON: a service that is not here": json((raw) => raw, { ...S3, service: "lambda" }),
};

test(`${Object.keys(TAMPERED).length} tampered requests, none of them accepted`, async () => {
  assert.ok(Object.keys(TAMPERED).length >= 60);
  for (const [name, raw] of Object.entries(TAMPERED)) {
    const answer = await sendRaw(door.port, raw);
    assert.ok(answer.status >= 400 && answer.status < 500, `${name}: ${answer.status}`);
    assert.match(answer.body, /<Code>\w+<\/Code>|"__type":"\w+"/, name);
  }
  assert.deepEqual(
    door.reached.map(({ method, url }) => `${method} ${url}`),
    [],
  );
});

test("what was not tampered with is let through", async () => {
  for (const raw of [signed(), get(link()), json(), signed({}, at(-14 * 60_000))]) {
    assert.equal((await sendRaw(door.port, raw)).body, "from the companion");
  }
  assert.equal(door.reached.length, 4);
});
