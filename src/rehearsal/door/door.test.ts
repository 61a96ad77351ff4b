import assert from "node:assert/strict";
import { request } from "node:http";
import { connect } from "node:net";
import { after, test } from "node:test";
import { openTestDoor, type Raw, sendRaw, WHO } from "../../../test/support/rehearsal/door.ts";
import { type Credentials, presign, sha256, signHeaders } from "../../aws/sign.ts";
import type { AwsRequest } from "../service.ts";

const asked: AwsRequest[] = [];
const door = await openTestDoor({
  services: {
    elasticmapreduce: {
      handle(given) {
        asked.push(given);
        return Promise.resolve({ status: 200, headers: { "x-own": "1" }, body: "{}" });
      },
      close: () => Promise.resolve(),
    },
  },
  limits: { bodyBytes: 1000, objectBytes: 1 << 20, headersMs: 500, idleMs: 500, headerBytes: 8192 },
});
after(() => door.close());
const host = `127.0.0.1:${door.port}`;

interface Wish {
  method?: string;
  path?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  host?: string;
  service?: string;
  who?: Credentials;
  payload?: string;
}

function signed(wish: Wish = {}, body: string | Buffer = ""): Raw {
  const { method = "GET", path = "/bucket/key", query = {}, headers = {}, service = "s3" } = wish;
  const unsigned = { method, path, query, headers, host: wish.host ?? host };
  const payload = wish.payload ?? sha256(body);
  const scope = { region: "eu-west-1", service, now: new Date() };
  const all = signHeaders({ ...unsigned, payload }, wish.who ?? WHO, scope);
  const text = Object.entries(query).map(([name, value]) => `${name}=${value}`);
  return {
    method,
    path: text.length > 0 ? `${path}?${text.join("&")}` : path,
    headers: [...Object.entries(all).flat(), "content-length", String(body.length)],
    body,
  };
}
const lastReached = () => {
  const last = door.reached.at(-1);
  assert.ok(last);
  return last;
};

test("the companion gets the path of a bucket, whichever way the bucket is named", async () => {
  for (const [name, path] of [
    [`bucket.localhost:${door.port}`, "/key"],
    [`bucket.s3.localhost:${door.port}`, "/key"],
    [`bucket.s3.us-east-1.localhost:${door.port}`, "/key"],
    [`localhost:${door.port}`, "/bucket/key"],
    [`s3.localhost:${door.port}`, "/bucket/key"],
    [`127.0.0.1:${door.port}`, "/bucket/key"],
  ]) {
    const answer = await sendRaw(door.port, signed({ host: name ?? "", path: path ?? "" }));
    assert.equal(answer.body, "from the companion", name);
    assert.equal(lastReached().url, "//bucket/key");
    assert.equal(lastReached().headers.host, `localhost:${door.port}`);
  }
  const dotted = signed({ host: `my.bucket.localhost:${door.port}`, path: "/a/b" });
  await sendRaw(door.port, dotted);
  assert.equal(lastReached().url, "//my.bucket/a/b");
});

test("whoever comes under another name is sent away: a browser may be made to", async () => {
  for (const name of [
    "evil.example",
    `evil.example:${door.port}`,
    "127.0.0.1:1",
    "localhost",
    "[::1]",
  ]) {
    const answer = await sendRaw(door.port, signed({ host: name }));
    assert.equal(answer.status, 403, name);
  }
});

test("what signs is told to the companion as account, region and service, and not passed on", async () => {
  await sendRaw(door.port, signed({ headers: { "x-amz-target": "TrentService.DeleteKey" } }));
  const { headers } = lastReached();
  assert.match(
    headers.authorization ?? "",
    new RegExp(`Credential=${WHO.accessKeyId}/\\d{8}/eu-west-1/s3/aws4_request`),
  );
  assert.match(headers.authorization ?? "", /Signature=0{64}$/);
  assert.equal(headers["x-amz-target"], undefined);
  const unsigned = { method: "GET", host, path: "/bucket/key", query: { versionId: "v" } };
  const link = presign(
    { ...unsigned, headers: {}, payload: "" },
    WHO,
    { region: "us-east-1", service: "s3", now: new Date() },
    60,
  );
  await sendRaw(door.port, { method: "GET", path: link, headers: ["host", host] });
  assert.equal(lastReached().url, "//bucket/key?versionId=v");
});

test("one of our own services gets what was signed for it, and nobody else does", async () => {
  const headers = { "x-amz-target": "ElasticMapReduce.ListClusters" };
  const raw = signed({ method: "POST", path: "/", service: "elasticmapreduce", headers }, "{}");
  const before = door.reached.length;
  const answer = await sendRaw(door.port, raw);
  assert.deepEqual([answer.status, answer.body, answer.headers["x-own"]], [200, "{}", "1"]);
  assert.equal(door.reached.length, before);
  const [given] = asked;
  assert.equal(given?.headers["x-amz-target"], "ElasticMapReduce.ListClusters");
  assert.deepEqual(
    [given?.service, given?.region, given?.accessKey, given?.body.toString()],
    ["elasticmapreduce", "eu-west-1", WHO.accessKeyId, "{}"],
  );
});

test("each protocol hears of a wrong signature in its own words", async () => {
  for (const [service, status, pattern] of [
    ["s3", 403, /^<\?xml .*\n<Error><Code>SignatureDoesNotMatch<\/Code>.*<\/Error>$/s],
    ["iam", 403, /<ErrorResponse><Error><Type>Sender<\/Type><Code>SignatureDoesNotMatch</],
    ["ec2", 403, /<Response><Errors><Error><Code>SignatureDoesNotMatch</],
    ["kms", 400, /"__type":"InvalidSignatureException"/],
    ["elasticmapreduce", 400, /"__type":"InvalidSignatureException"/],
  ] as const) {
    const who = { ...WHO, secretAccessKey: "guess" };
    const answer = await sendRaw(door.port, signed({ service, who, path: "/", method: "POST" }));
    assert.equal(answer.status, status, service);
    assert.match(answer.body, pattern, service);
    const unknown = { ...WHO, accessKeyId: "AKIANOBODY" };
    const other = await sendRaw(door.port, signed({ service, who: unknown, path: "/" }));
    assert.match(
      other.body,
      /InvalidAccessKeyId|InvalidClientTokenId|AuthFailure|UnrecognizedClientException/,
    );
  }
});

test("keys that were given out hold with their token, and until they expire", async () => {
  const who = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "s", sessionToken: "t" };
  const key = { accessKey: who.accessKeyId, secretKey: "s", token: "t" };
  door.keys.add({ ...key, expires: Date.now() + 60_000 });
  assert.equal((await sendRaw(door.port, signed({ who }))).status, 200);
  assert.equal(lastReached().headers["x-amz-security-token"], "t");
  const other = await sendRaw(door.port, signed({ who: { ...who, sessionToken: "u" } }));
  assert.match(other.body, /<Code>InvalidToken</);
  door.keys.add({ ...key, expires: Date.now() - 1 });
  assert.match((await sendRaw(door.port, signed({ who }))).body, /<Code>ExpiredToken</);
  door.keys.remove(who.accessKeyId);
  assert.match((await sendRaw(door.port, signed({ who }))).body, /<Code>InvalidAccessKeyId</);
});

test("a body is asked for once its headers are known to be good", async () => {
  const body = Buffer.alloc(100_000, "x");
  const send = (wish: Wish) =>
    new Promise<[boolean, number]>((resolve, reject) => {
      const { method, path, headers } = signed({ method: "PUT", ...wish }, body);
      let asksBody = false;
      const sent = request({
        host: "127.0.0.1",
        port: door.port,
        method,
        path,
        headers: [...headers, "expect", "100-continue"],
        agent: false,
      });
      sent.on("continue", () => {
        asksBody = true;
        sent.end(body);
      });
      sent.on("response", (answer) => {
        answer.resume();
        resolve([asksBody, answer.statusCode ?? 0]);
        if (!asksBody) sent.destroy();
      });
      sent.on("error", reject);
      sent.flushHeaders();
    });
  assert.deepEqual(await send({}), [true, 200]);
  assert.equal(lastReached().body.length, body.length);
  assert.deepEqual(await send({ who: { ...WHO, secretAccessKey: "x" } }), [false, 403]);
});

test("of a body that is not what was signed, the companion never has all", async () => {
  const before = door.reached.length;
  const body = Buffer.alloc(500_000, "x");
  const changed = Buffer.from(body);
  changed[10] = 1;
  const raw = signed({ method: "PUT" }, body);
  const answer = await sendRaw(door.port, { ...raw, body: changed });
  assert.match(answer.body, /<Code>XAmzContentSHA256Mismatch</);
  const chunks = signed(
    {
      method: "PUT",
      payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
      headers: { "x-amz-decoded-content-length": "3" },
    },
    `3;chunk-signature=${"0".repeat(64)}\r\nabc\r\n0;chunk-signature=${"0".repeat(64)}\r\n\r\n`,
  );
  assert.match((await sendRaw(door.port, chunks)).body, /<Code>SignatureDoesNotMatch</);
  const unsigned = (text: string, length: string) =>
    signed(
      {
        method: "PUT",
        payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        headers: { "x-amz-decoded-content-length": length },
      },
      text,
    );
  const wrong = await sendRaw(door.port, unsigned("3\r\nabc\r\n0\r\n\r\n", "4"));
  assert.match(wrong.body, /<Code>IncompleteBody</);
  assert.equal(door.reached.length, before);
  const right = "3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n";
  assert.equal((await sendRaw(door.port, unsigned(right, "3"))).status, 200);
  assert.equal(lastReached().body.toString(), right);
});

test("what is too large, too long or too slow is turned away", async () => {
  const before = door.reached.length;
  const large = signed({ method: "PUT", payload: "UNSIGNED-PAYLOAD" });
  const put = large.headers.indexOf("content-length");
  const huge = { ...large, headers: large.headers.with(put + 1, String(2 << 20)) };
  assert.match((await sendRaw(door.port, { ...huge, body: "" })).body, /<Code>EntityTooLarge</);
  const json = signed({ method: "POST", path: "/", service: "kms" }, "x".repeat(1001));
  assert.equal((await sendRaw(door.port, json)).status, 413);
  const long = signed({ headers: { "x-amz-meta-a": "x".repeat(9000) } });
  assert.equal((await sendRaw(door.port, long)).status, 431);
  assert.equal(await endsBy("GET / HTTP/1.1\r\nhost: a\r\nx-slow: "), "closed");
  const slow = signed({ method: "PUT" }, "ten bytes.");
  const head = slow.headers.flatMap((text, i) =>
    i % 2 ? [] : [`${text}: ${slow.headers[i + 1]}`],
  );
  assert.equal(
    await endsBy(`PUT /bucket/key HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\nten`),
    "closed",
  );
  assert.equal(door.reached.length, before);
});

/** Sends the beginning of a request and nothing after it. */
function endsBy(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(door.port, "127.0.0.1", () => socket.write(text));
    const late = setTimeout(() => resolve("still open"), 8000);
    socket.on("error", () => {});
    socket.resume().on("close", () => {
      clearTimeout(late);
      resolve("closed");
    });
  });
}
