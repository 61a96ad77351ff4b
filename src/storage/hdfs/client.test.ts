import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { makeFolder } from "../../../test/support/cli.ts";
import { MayflyError } from "../../base/errors.ts";
import { hdfsAddress, readNameNodes } from "./address.ts";
import { openHdfs } from "./client.ts";
import { makeDiscard } from "./discard.ts";
import { hdfsStore } from "./store.ts";

/** What a real HDFS does only on a bad day. */
type Answer = (op: string, response: ServerResponse, request: IncomingMessage) => void;

interface World {
  urls: string[];
  /** What was asked: method, operation, path. */
  asked: string[];
}

async function withServers(answers: Answer[], work: (world: World) => Promise<void>) {
  const world: World = { urls: [], asked: [] };
  const servers = answers.map((answer) => {
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      const url = new URL(request.url ?? "", "http://x");
      const op = url.searchParams.get("op") ?? "";
      world.asked.push(`${op} ${decodeURIComponent(url.pathname.replace("/webhdfs/v1", ""))}`);
      answer(op, response, request);
    };
    return createServer(handle).on("checkContinue", handle);
  });
  for (const server of servers) {
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    world.urls.push(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
  }
  try {
    await work(world);
  } finally {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  }
}

const still = { now: () => 1234, sleep: async () => {} };
const hostOf = (url: string | undefined) => (url ?? "").replace("http://", "");
const json = (response: ServerResponse, value: unknown, status = 200) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
const refuse = (response: ServerResponse, exception: string, message = "no", status = 403) =>
  json(response, { RemoteException: { exception, message } }, status);
const ROOT = { type: "DIRECTORY", permission: "755", owner: "o", group: "g", modificationTime: 1 };
const file = (length: number) => ({ FileStatus: { ...ROOT, type: "FILE", length } });

async function open(nameNodes: string[], reach = (host: string) => host) {
  const client = await openHdfs({ nameNodes, user: "me", reach }, still);
  return { client, store: hdfsStore(client, "hdfs:///") };
}

test("what HDFS is too busy for, and connections that break, are tried again", async () => {
  let times = 0;
  const answer: Answer = (_, response) => {
    times++;
    if (times === 1) response.writeHead(503).end("busy");
    else if (times === 2) response.destroy();
    else if (times === 3) refuse(response, "RetriableException", "not yet");
    else json(response, file(7));
  };
  await withServers([answer], async ({ urls }) => {
    const { client, store } = await open(urls);
    assert.equal((await store.stat("x"))?.bytes, 7);
    await client.close();
  });
  await withServers([(_, response) => response.writeHead(503).end()], async ({ urls, asked }) => {
    const { client, store } = await open(urls);
    await assert.rejects(store.stat("x"), { code: "cluster", message: /status 503/ });
    assert.equal(asked.length, 6);
    await client.close();
  });
});

test("the NameNode that is active is found, and asked from then on", async () => {
  const standby: Answer = (_, response) =>
    refuse(
      response,
      "StandbyException",
      "Operation category READ is not supported in state standby",
    );
  const active: Answer = (_, response) => json(response, file(1));
  await withServers([standby, active], async ({ urls, asked }) => {
    const { client, store } = await open(["http://127.0.0.1:9", ...urls]);
    await store.stat("x");
    await store.stat("y");
    assert.deepEqual(asked, ["GETFILESTATUS /x", "GETFILESTATUS /x", "GETFILESTATUS /y"]);
    await client.close();
    const alone = await open(urls.slice(0, 1));
    await assert.rejects(alone.store.stat("x"), {
      code: "cluster",
      remedy: "name the other NameNode too: --webhdfs URL,URL",
    });
    await alone.client.close();
  });
});

test("what HDFS refuses is said with its own words, once", async () => {
  let exception = "";
  const answer: Answer = (_, response) =>
    refuse(response, exception, `java.io.IOException: why\n\tat a.b.c`);
  await withServers([answer], async ({ urls, asked }) => {
    const { client, store } = await open(urls);
    for (const [said, code] of [
      ["AccessControlException", "permission"],
      ["SecurityException", "permission"],
      ["SafeModeException", "cluster"],
      ["NSQuotaExceededException", "cluster"],
      ["FileAlreadyExistsException", "refused"],
      ["InvalidPathException", "refused"],
      ["FileNotFoundException", "not-found"],
      ["IOException", "cluster"],
      ["AuthenticationException", "permission"],
    ] as const) {
      exception = said;
      const error = await Promise.resolve(store.makeFolder("a b")).catch((one: MayflyError) => one);
      assert.ok(error instanceof MayflyError);
      assert.equal(error.code, code, said);
      assert.match(error.message, /^cannot make the folder "hdfs:\/\/\/a b": /);
      assert.ok(!error.message.includes("\n") && !error.message.includes("java."), error.message);
    }
    assert.equal(asked.length, 9);
    await client.close();
  });
  await withServers([(_, response) => response.writeHead(401).end()], async ({ urls }) => {
    const { client, store } = await open(urls);
    await assert.rejects(store.stat("x"), { code: "permission", message: /asks for Kerberos/ });
    await client.close();
  });
});

test("a DataNode is reached where it is said to be reached", async () => {
  const folder = makeFolder({ "a b": "what is in it" });
  let got = "";
  const nameNode: Answer = (op, response, { url }) => {
    if (op === "RENAME" || op === "DELETE") json(response, { boolean: true });
    else response.writeHead(307, { location: `http://dn1.internal:9864${url}&token=x%2Fy` }).end();
  };
  const dataNode: Answer = async (op, response, request) => {
    assert.match(request.url ?? "", /&token=x%2Fy$/);
    if (op === "OPEN") return response.end(got);
    response.writeContinue();
    got = await text(request).catch(() => got);
    response.writeHead(201).end();
  };
  await withServers([nameNode, dataNode], async ({ urls: [first = "", second], asked }) => {
    const reach = (host: string) => (host === "dn1.internal:9864" ? hostOf(second) : host);
    const { client, store } = await open([first], reach);
    await store.put("to/a b", join(folder.path, "a b"));
    assert.equal(got, "what is in it");
    assert.equal(await text(await store.read("to/a b")), "what is in it");
    await assert.rejects(store.put("x", folder.path), { code: "refused", message: /a folder/ });
    const [, temporary = ""] = asked[0]?.split(" ") ?? [];
    assert.match(temporary, /^\/to\/\.a_b\.\d+-\d+\.mayfly$/);
    assert.deepEqual(
      asked.slice(0, 5).map((one) => one.replace(temporary, "TEMPORARY")),
      ["CREATE TEMPORARY", "CREATE TEMPORARY", "RENAME TEMPORARY", "OPEN /to/a b", "OPEN /to/a b"],
    );
    await client.close();
  });
  folder.remove();
});

test("a DataNode that refuses is heard, and what it may have begun is removed", async () => {
  const folder = makeFolder();
  writeFileSync(join(folder.path, "large"), Buffer.alloc(20e6));
  const answer: Answer = (op, response, { headers, url }) => {
    if (op === "DELETE") json(response, { boolean: true });
    else if (!headers.expect)
      response.writeHead(307, { location: `http://${headers.host}${url}` }).end();
    else refuse(response, "DSQuotaExceededException", "The DiskSpace quota is exceeded");
  };
  await withServers([answer], async ({ urls, asked }) => {
    const { client, store } = await open(urls);
    await assert.rejects(store.put("x", join(folder.path, "none")), { code: "ENOENT" });
    assert.equal(asked.length, 0, "what is wrong with the file is not the server's matter");
    await assert.rejects(store.put("x", join(folder.path, "large")), /quota is exceeded/);
    assert.match(asked.join(), /^CREATE .*,CREATE .*,DELETE \/\.x\.[\d-]+\.mayfly$/);
    await client.close();
  });
  folder.remove();
});

test("a DataNode that cannot be reached is named", async () => {
  const folder = makeFolder({ closed: "x" });
  const answer: Answer = (_, response, { url }) =>
    response.writeHead(307, { location: `http://127.0.0.1:9${url}` }).end();
  await withServers([answer], async ({ urls }) => {
    const { client, store } = await open(urls);
    const put = () => store.put("x", join(folder.path, "closed"));
    const read = async () => text(await store.read("x"));
    for (const failing of [put, read])
      await assert.rejects(failing, {
        code: "offline",
        message: /^cannot reach http:\/\/127.0.0.1:9 to .*ECONNREFUSED/,
        remedy: /^the NameNode names this DataNode/,
      });
    await client.close();
  });
  folder.remove();
});

test("a read goes on where it broke off, and one that does not come any further ends", async () => {
  const folder = makeFolder();
  const bytes = Buffer.from("0123456789".repeat(1000));
  let cuts = 0;
  const answer: Answer = (op, response, { url }) => {
    if (op !== "OPEN") return json(response, file(bytes.length));
    const query = new URL(url ?? "", "http://x").searchParams;
    const rest = bytes.subarray(Number(query.get("offset") ?? 0));
    response.writeHead(200, { "content-length": rest.length });
    if (rest.length < 4000) return response.end(rest);
    cuts++;
    response.write(rest.subarray(0, 3000), () => setTimeout(() => response.destroy(), 20));
  };
  await withServers([answer], async ({ urls }) => {
    const { client, store } = await open(urls);
    assert.equal(await text(await store.read("x")), String(bytes));
    assert.equal(cuts, 3);
    const item = await store.stat("x");
    await store.get(item ?? assert.fail(), join(folder.path, "x"));
    assert.deepEqual(readFileSync(join(folder.path, "x")), bytes);
    await client.close();
  });
  const never: Answer = (_, response) => {
    response.writeHead(200, { "content-length": 10 });
    response.flushHeaders();
    setTimeout(() => response.destroy(), 5);
  };
  await withServers([never], async ({ urls, asked }) => {
    const { client, store } = await open(urls);
    await assert.rejects(
      async () => text(await store.read("x")),
      /read "hdfs:\/\/\/x": the connection ended early/,
    );
    assert.equal(asked.length, 6);
    await client.close();
  });
  folder.remove();
});

test("a renaming whose answer was lost is done", async () => {
  let done = false;
  const answer: Answer = (op, response, { url }) => {
    if (op === "MKDIRS") return json(response, { boolean: true });
    if (op === "GETFILESTATUS" && url?.includes("/b?")) return json(response, file(5));
    if (op === "GETFILESTATUS" || done) return refuse(response, "FileNotFoundException", "no", 404);
    done = true;
    response.destroy();
  };
  await withServers([answer], async ({ urls }) => {
    const { client, store } = await open(urls);
    const item = { path: "a", kind: "file", bytes: 5, modified: 0 } as const;
    assert.equal(await store.moveFrom?.(store, item, "c/b"), true);
    await assert.rejects(Promise.resolve(store.moveFrom?.(store, { ...item, bytes: 6 }, "c/b")), {
      code: "not-found",
    });
    await client.close();
  });
});

test("without a trash what is removed is gone, and it is said; what cannot say has one", async () => {
  const item = { path: "d/x", kind: "file", bytes: 5, modified: 0 } as const;
  for (const [interval, expected] of [
    [0, { files: 1, noTrash: true }],
    [undefined, { files: 1, trash: "hdfs:///user/me/.Trash/Current/d/x" }],
  ] as const) {
    const answer: Answer = (op, response) => {
      if (op === "GETSERVERDEFAULTS" && interval !== undefined)
        return json(response, { FsServerDefaults: { trashInterval: interval } });
      if (op.startsWith("GETSERVER") || op === "GETTRASHROOT")
        return refuse(response, "IllegalArgumentException", "not a valid GET operation", 400);
      if (op === "GETFILESTATUS") return refuse(response, "FileNotFoundException", "no", 404);
      json(response, { boolean: true });
    };
    await withServers([answer], async ({ urls, asked }) => {
      const { client } = await open(urls);
      const discard = makeDiscard(client, (path) => `hdfs:///${path}`);
      assert.deepEqual(await discard(item, false), expected);
      assert.equal(asked.includes("DELETE /d/x"), interval === 0);
      assert.deepEqual(await discard(item, true), { files: 1 });
      await client.close();
    });
  }
});

test("a folder is listed also where it is told in one answer only", async () => {
  const answer: Answer = (op, response) => {
    if (op === "LISTSTATUS_BATCH") return refuse(response, "IllegalArgumentException", "op", 400);
    const FileStatus = ["b", ".c.1-2.mayfly"].map((pathSuffix) => ({
      ...file(3).FileStatus,
      pathSuffix,
    }));
    json(response, { FileStatuses: { FileStatus } });
  };
  await withServers([answer], async ({ urls, asked }) => {
    const { client, store } = await open(urls);
    for await (const page of store.list("a", false))
      assert.deepEqual(
        page.map(({ path, mode }) => [path, mode]),
        [["a/b", 0o755]],
      );
    assert.equal(asked.length, 2);
    await client.close();
  });
});

test("which HDFS a URI means", () => {
  assert.equal(hdfsAddress("hdfs://nn:8020/a"), undefined);
  const named = ["http://nn:9870"];
  assert.deepEqual(hdfsAddress("hdfs://any/a?b#c", named), {
    nameNodes: named,
    prefix: "hdfs:///",
    path: "a?b#c",
  });
  assert.deepEqual(hdfsAddress("webhdfs://nn/a"), {
    nameNodes: named,
    prefix: "webhdfs://nn/",
    path: "a",
  });
  assert.deepEqual(hdfsAddress("swebhdfs://nn:50470/", named)?.nameNodes, ["https://nn:50470"]);
  assert.equal(hdfsAddress("s3://b/k", named), undefined);
  assert.deepEqual(readNameNodes("http://a:1/, https://gate/x/webhdfs/v1"), [
    "http://a:1",
    "https://gate/x",
  ]);
  for (const wrong of [
    "nn:9870",
    "hdfs://nn:8020",
    "http://",
    "http://me:pw@nn:1",
    "http://a?b",
    "",
  ])
    assert.throws(() => readNameNodes(wrong), /as the address of a NameNode/, wrong);
});
