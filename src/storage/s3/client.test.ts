import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openSession } from "../../aws/session.ts";
import { openS3, type S3Client } from "./client.ts";
import { listObjects } from "./list.ts";
import { s3Store } from "./store.ts";

/** What S3's documents say it may answer, and no local server does: an "Error responses" page in miniature. */
type Answer = (asked: IncomingMessage, answer: ServerResponse, count: number) => void;

async function withS3(answer: Answer, work: (client: S3Client, waits: number[]) => Promise<void>) {
  let count = 0;
  const server = createServer((asked, said) => {
    asked.resume();
    asked.on("end", () => answer(asked, said, ++count));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_REGION: "us-east-1",
  };
  const waits: number[] = [];
  const clock = {
    now: () => Date.now(),
    sleep: async (ms: number) => void waits.push(ms),
  };
  const client = await openS3(await openSession({ env }), {}, clock);
  try {
    await work(client, waits);
  } finally {
    client.close();
    server.closeAllConnections();
    server.close();
  }
}

function fail(answer: ServerResponse, status: number, code: string, more = "", headers = {}) {
  answer.writeHead(status, { "content-type": "application/xml", ...headers });
  answer.end(
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>of ${code}</Message>${more}</Error>`,
  );
}

const GET = { method: "GET", bucket: "data", key: "a" } as const;

test("busy: asked again, each time after a longer wait, and given up in the end", async () => {
  await withS3(
    (_, answer, count) => (count < 5 ? fail(answer, 503, "SlowDown") : answer.end("here")),
    async (client, waits) => {
      assert.equal((await client.send(GET)).text, "here");
      assert.equal(waits.length, 4);
      for (const [i, wait] of waits.entries()) assert.ok(wait <= 200 * 2 ** i, `${wait} at ${i}`);
    },
  );
  await withS3(
    (_, answer) => fail(answer, 503, "SlowDown"),
    async (client, waits) => {
      await assert.rejects(
        client.send(GET),
        /cannot read "s3:\/\/data\/a": of SlowDown \(SlowDown\)/,
      );
      assert.equal(waits.length, 5);
    },
  );
});

test("a connection that breaks is tried again, a refusal is not", async () => {
  await withS3(
    (asked, answer, count) => (count < 3 ? asked.socket.resetAndDestroy() : answer.end("here")),
    async (client) => assert.equal((await client.send(GET)).text, "here"),
  );
  await withS3(
    (_, answer) => fail(answer, 403, "AccessDenied"),
    async (client, waits) => {
      await assert.rejects(client.send(GET), { code: "permission" });
      assert.deepEqual(waits, []);
    },
  );
});

test("nothing answers on this machine: a rehearsal may have been stopped", () =>
  withS3(
    (asked) => asked.socket.destroy(),
    (client) =>
      assert.rejects(client.send(GET), {
        message: /^cannot reach http:\/\/127\.0\.0\.1:\d+ for "s3:/,
        remedy: /mayfly rehearsal start$/,
      }),
  ));

test("a wrong clock here: the next request is dated as the server's clock is", async () => {
  const hour = 3_600_000;
  const dates: string[] = [];
  await withS3(
    (asked, answer, count) => {
      dates.push(String(asked.headers["x-amz-date"]));
      const date = new Date(Date.now() + hour).toUTCString();
      if (count === 1) fail(answer, 403, "RequestTimeTooSkewed", "", { date });
      else answer.end();
    },
    async (client) => {
      await client.send(GET);
      const at = (text = "") =>
        Date.parse(text.replace(/(....)(..)(..T..)(..)(..Z)/, "$1-$2-$3:$4:$5"));
      const later = at(dates[1]) - at(dates[0]);
      assert.ok(Math.abs(later - hour) < 5000, String(later));
    },
  );
});

test("a bucket that lives elsewhere is asked there, and remembered", async () => {
  for (const [status, code, more, headers] of [
    [301, "PermanentRedirect", "", { "x-amz-bucket-region": "eu-west-3" }],
    [400, "AuthorizationHeaderMalformed", "<Region>eu-west-3</Region>", {}],
  ] as const) {
    const regions: string[] = [];
    await withS3(
      (asked, answer) => {
        const region =
          /\/\d{8}\/([\w-]+)\/s3\//.exec(String(asked.headers.authorization))?.[1] ?? "";
        regions.push(region);
        if (region === "eu-west-3") answer.end("here");
        else fail(answer, status, code, more, headers);
      },
      async (client) => {
        await client.send(GET);
        await client.send(GET);
        assert.deepEqual(regions, ["us-east-1", "eu-west-3", "eu-west-3"]);
      },
    );
  }
});

const page = (keys: string[], token?: string) =>
  `<ListBucketResult><IsTruncated>${token !== undefined}</IsTruncated>${token ? `<NextContinuationToken>${token}</NextContinuationToken>` : ""}${keys.map((key) => `<Contents><Key>${key}</Key><Size>1</Size><ETag>"x"</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>`).join("")}</ListBucketResult>`;

test("a listing goes on over pages that have become empty, and ends where one comes again", async () => {
  const all = async (client: S3Client) => {
    const keys: string[] = [];
    for await (const items of listObjects(client, "data", "", true))
      keys.push(...items.map((item) => item.path));
    return keys;
  };
  await withS3(
    (asked, answer) => {
      const token = new URL(asked.url ?? "", "http://x").searchParams.get("continuation-token");
      if (token === null) answer.end(page(["a", "b"], "2"));
      else if (token === "2") answer.end(page([], "3"));
      else answer.end(page(["c"]));
    },
    async (client) => assert.deepEqual(await all(client), ["a", "b", "c"]),
  );
  await withS3(
    (_, answer) => answer.end(page(["a"], "2")),
    async (client) => assert.rejects(all(client), /the same page again/),
  );
});

test("an object that changes while it is read does not become a mixture of both", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  const size = 40 * 1024 * 1024;
  await withS3(
    (asked, answer) => {
      const [, start, end] = /bytes=(\d+)-(\d+)/.exec(String(asked.headers.range)) ?? [];
      assert.equal(asked.headers["if-match"], '"first"');
      if (start === "0") answer.writeHead(206).end(Buffer.alloc(Number(end) + 1, "1"));
      else fail(answer, 412, "PreconditionFailed");
    },
    async (client) => {
      const item = { path: "a", kind: "file", bytes: size, modified: 1, etag: "first" } as const;
      const target = join(folder, "a");
      await assert.rejects(
        s3Store(client, "data").get(item, target),
        /changed meanwhile|PreconditionFailed/,
      );
      assert.ok(!readdirSync(folder).includes("a"));
    },
  );
  rmSync(folder, { recursive: true });
});

test("what comes with another checksum than the object has is not taken; encrypted ones have none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  const etag = "0".repeat(32);
  const item = { path: "a", kind: "file", bytes: 4, modified: 1000, etag } as const;
  let headers = {};
  await withS3(
    (_, answer) => answer.writeHead(206, headers).end("text"),
    async (client) => {
      const target = join(folder, "a");
      await assert.rejects(s3Store(client, "data").get(item, target), /another checksum/);
      assert.deepEqual(readdirSync(folder), []);
      headers = { "x-amz-server-side-encryption": "aws:kms" };
      await s3Store(client, "data").get(item, target);
      assert.equal(readFileSync(target, "utf8"), "text");
    },
  );
  rmSync(folder, { recursive: true });
});

test("what answers and is not S3 is not believed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  const source = join(folder, "source");
  writeFileSync(source, "text");
  const item = { path: "a", kind: "file", bytes: 1000, modified: 1, etag: "x" } as const;
  const list = async (client: S3Client) => {
    for await (const _ of listObjects(client, "data", "in/", true));
  };
  const cases: [string, Answer, (client: S3Client) => Promise<unknown>][] = [
    ["a login page", (_, answer) => answer.end("<html>login</html>"), list],
    ["half a listing", (_, answer) => answer.end("<ListBucketResult><Contents>"), list],
    [
      "more, but not where",
      (_, answer) => answer.end(page(["in/a"]).replace("false", "true")),
      list,
    ],
    ["a key from elsewhere", (_, answer) => answer.end(page(["out/a"])), list],
    ["a negative size", (_, answer) => answer.end(page(["in/a"]).replace(">1<", ">-5<")), list],
    [
      "a key that is no UTF-8",
      (_, answer) =>
        answer.end(page(["in/%zz"]).replace("<Is", "<EncodingType>url</EncodingType><Is")),
      list,
    ],
    [
      "an object of no length",
      (_, answer) => answer.writeHead(200, { "transfer-encoding": "chunked" }).end(),
      (client) => s3Store(client, "data").stat("a"),
    ],
    [
      "another range",
      (_, answer) =>
        answer.writeHead(206, { "content-range": "bytes 500-999/1000" }).end(Buffer.alloc(500)),
      (client) => s3Store(client, "data").get(item, join(folder, "a")),
    ],
    [
      "a success that took nothing",
      (_, answer) => answer.end("<Error/>"),
      (client) => s3Store(client, "data").put("a", source),
    ],
  ];
  for (const [what, answer, ask] of cases)
    await withS3(answer, (client) =>
      assert.rejects(ask(client), /does not answer as S3 does/, what),
    );
  assert.deepEqual(readdirSync(folder), ["source"]);
  rmSync(folder, { recursive: true });
});

test("who is sent from region to region goes only so far", async () => {
  await withS3(
    (_, answer, count) =>
      fail(answer, 301, "PermanentRedirect", "", { "x-amz-bucket-region": `r-${count % 2}` }),
    (client) => assert.rejects(client.send(GET), /PermanentRedirect/),
  );
});
