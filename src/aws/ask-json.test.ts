import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Clock } from "../base/clock.ts";
import { AwsRefusal, askJson, LostReply } from "./ask-json.ts";
import { openSession } from "./session.ts";

/** A service that answers as it is told, one answer a request. */
async function withService(
  answers: ((response: ServerResponse) => void)[],
  work: (ask: ReturnType<typeof askJson>, asked: string[]) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(String(request.headers["x-amz-target"]));
    request.resume().on("end", () => (answers.shift() ?? ok({}))(response));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    ...{
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_REGION: "us-east-1",
    },
  };
  const clock: Clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
  try {
    await work(askJson(await openSession({ env }), { service: "x", target: "X" }, clock), asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const ok = (body: object) => (response: ServerResponse) => void response.end(JSON.stringify(body));
const refused = (status: number, type: string, message: string) => (response: ServerResponse) =>
  void response.writeHead(status).end(JSON.stringify({ __type: `com.amazon#${type}`, message }));
const cut = (response: ServerResponse) => void response.socket?.destroy();
const half = (response: ServerResponse) => {
  response.writeHead(200, { "content-length": "100" }).write('{"Id":');
  setTimeout(() => response.socket?.destroy(), 5);
};
const THROTTLED = refused(400, "ThrottlingException", "Rate exceeded");

test("what is throttled, broken or cut short is asked again", () =>
  withService(
    [THROTTLED, refused(500, "InternalFailure", ""), cut, half, ok({ Id: 7 })],
    async (ask, asked) => {
      assert.deepEqual(await ask("Look", {}), { Id: 7 });
      assert.deepEqual(asked, Array(5).fill("X.Look"));
    },
  ));

test("what must not be done twice is asked again only when it was surely not done", () =>
  withService(
    [THROTTLED, ok({ Id: 1 }), cut, half, refused(503, "Busy", "")],
    async (ask, asked) => {
      assert.deepEqual(await ask("Make", {}, { once: true }), { Id: 1 });
      for (const _ of [1, 2, 3]) await assert.rejects(ask("Make", {}, { once: true }), LostReply);
      assert.equal(asked.length, 5);
    },
  ));

test("a refusal comes in the service's words, and is not asked again", () =>
  withService([refused(400, "ValidationException", "not so")], async (ask, asked) => {
    await assert.rejects(ask("Make", {}), (error: AwsRefusal) => {
      assert.deepEqual(
        [error.said, error.status, error.code],
        ["ValidationException", 400, "cluster"],
      );
      assert.equal(error.message, "AWS refused Make: not so (ValidationException)");
      return error instanceof AwsRefusal;
    });
    assert.equal(asked.length, 1);
  }));

test("a clock that is off is set by the service's, once", () => {
  const skewed = refused(
    400,
    "InvalidSignatureException",
    "Signature not yet current: 1 is still later than 2",
  );
  return withService([skewed, ok({ Id: 1 }), skewed], async (ask) => {
    assert.deepEqual(await ask("Look", {}), { Id: 1 });
  });
});

test("credentials that have expired are read anew, and asked with once more", async () => {
  const over = refused(400, "ExpiredTokenException", "The security token is expired");
  await withService([over, ok({ Id: 1 }), over, over], async (ask, asked) => {
    assert.deepEqual(await ask("Make", {}, { once: true }), { Id: 1 });
    await assert.rejects(ask("Look", {}), (error: AwsRefusal) => error.code === "permission");
    assert.equal(asked.length, 4);
  });
});

test("a profile's credentials are read from its files again when they hold no more", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  const file = join(folder, "credentials");
  const write = (key: string) =>
    writeFileSync(file, `[work]\naws_access_key_id=${key}\naws_secret_access_key=s\n`);
  const before = process.env.AWS_SHARED_CREDENTIALS_FILE;
  process.env.AWS_SHARED_CREDENTIALS_FILE = file; // the SDK looks nowhere else
  try {
    write("AKIDONE");
    const session = await openSession({ env: {}, profile: "work", region: "us-east-1" });
    assert.equal((await session.credentials())?.accessKeyId, "AKIDONE");
    write("AKIDTWO");
    assert.equal((await session.credentials())?.accessKeyId, "AKIDONE");
    session.forget?.();
    assert.equal((await session.credentials())?.accessKeyId, "AKIDTWO");
  } finally {
    if (before === undefined) delete process.env.AWS_SHARED_CREDENTIALS_FILE;
    else process.env.AWS_SHARED_CREDENTIALS_FILE = before;
    rmSync(folder, { recursive: true });
  }
});
