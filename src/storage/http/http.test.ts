import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { eventually } from "../../../test/support/eventually.ts";
import { openHttp } from "./http.ts";
import { readThrough } from "./stream.ts";

/** Answers as they may come over a wire: in pieces, in chunks, cut, from no HTTP server at all. */
async function withServer(
  answer: (asked: string, socket: Socket, connections: number) => void,
  work: (origin: string) => Promise<void>,
) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    const count = ++connections;
    socket.on("error", () => {});
    let asked = "";
    socket.on("data", (piece) => {
      asked += piece.toString("latin1");
      if (!asked.includes("\r\n\r\n")) return;
      const whole = asked;
      asked = "";
      answer(whole, socket, count);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  try {
    await work(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
  } finally {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
}

const ask = (origin: string, more = {}) => ({
  method: "GET",
  origin,
  path: "/x",
  headers: {},
  ...more,
});

test("an answer is the same however it is cut into pieces", async () => {
  const whole =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nETag: "é"\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n7\r\n, world\r\n0\r\nTrailer: 1\r\n\r\n';
  for (const size of [1, 2, 3, 7, 1000]) {
    await withServer(
      async (_, socket) => {
        const bytes = Buffer.from(whole, "latin1");
        for (let at = 0; at < bytes.length; at += size) {
          socket.write(bytes.subarray(at, at + size));
          if (size < 10 && at % 20 < size) await new Promise(setImmediate);
        }
      },
      async (origin) => {
        const http = openHttp();
        for (let i = 0; i < 2; i++) {
          const said = await http.send(ask(origin));
          assert.deepEqual(
            [said.status, said.text, said.headers.etag],
            [200, "hello, world", '"é"'],
          );
        }
        http.close();
      },
    );
  }
});

test("a connection serves one request after the other, and a new one where it was closed", async () => {
  await withServer(
    (asked, socket, count) => {
      const close = asked.startsWith("GET /close");
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n${close ? "Connection: close\r\n" : ""}\r\n${count}`,
      );
      if (close) socket.end();
    },
    async (origin) => {
      const http = openHttp();
      const paths = ["/a", "/b", "/close", "/c", "/d"];
      const said: string[] = [];
      for (const path of paths) said.push((await http.send(ask(origin, { path }))).text);
      assert.deepEqual(said, ["1", "1", "1", "2", "2"]);
      http.close();
    },
  );
});

test("HEAD has no body, 204 neither, and one without a length ends with its connection", async () => {
  await withServer(
    (asked, socket) => {
      if (asked.startsWith("HEAD")) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n");
      else if (asked.startsWith("DELETE")) socket.write("HTTP/1.1 204 No Content\r\n\r\n");
      else socket.end("HTTP/1.0 200 OK\r\n\r\nto the end");
    },
    async (origin) => {
      const http = openHttp();
      assert.equal(
        (await http.send(ask(origin, { method: "HEAD" }))).headers["content-length"],
        "50",
      );
      assert.equal((await http.send(ask(origin, { method: "DELETE" }))).status, 204);
      assert.equal((await http.send(ask(origin))).text, "to the end");
      http.close();
    },
  );
});

test("what is cut, or is no HTTP, fails in words and never hangs", async () => {
  const answers = [
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\nContent-Le",
    "SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "",
  ];
  for (const answer of answers)
    await withServer(
      (_, socket) => socket.end(answer),
      async (origin) => {
        const http = openHttp();
        await assert.rejects(http.send(ask(origin)), Error, answer);
        http.close();
      },
    );
  await withServer(
    (_, socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${"y".repeat(70_000)}`),
    async (origin) => {
      const http = openHttp();
      await assert.rejects(http.send(ask(origin)), /no end/);
      http.close();
    },
  );
});

test("a line end in a header is refused before anything is sent", async () => {
  await withServer(
    () => assert.fail("it was sent"),
    async (origin) => {
      const http = openHttp();
      await assert.rejects(http.send(ask(origin, { headers: { a: "b\r\nc: d" } })), /line end/);
      http.close();
    },
  );
});

test("who asks can end it at any time", async () => {
  await withServer(
    () => {},
    async (origin) => {
      const http = openHttp();
      const abort = new AbortController();
      const asked = http.send(ask(origin, { signal: abort.signal }));
      setTimeout(() => abort.abort(), 20);
      await assert.rejects(asked, /aborted/);
      http.close();
    },
  );
});

test("a stream waits for its reader, ends with what it reads, and can be left", async () => {
  const length = 3_000_000;
  await withServer(
    (_, socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
      socket.write(Buffer.alloc(length, "x"));
    },
    async (origin) => {
      const http = openHttp();
      const stream = await readThrough((sink) => http.send(ask(origin), sink));
      let count = 0;
      for await (const piece of stream) {
        count += (piece as Buffer).length;
        await new Promise((done) => setTimeout(done, 1));
      }
      assert.equal(count, length);
      const left = await readThrough((sink) => http.send(ask(origin), sink));
      left.destroy();
      http.close();
    },
  );
  await withServer(
    (_, socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
    async (origin) => {
      const http = openHttp();
      const stream = await readThrough((sink) => http.send(ask(origin), sink));
      await assert.rejects(async () => {
        for await (const _ of stream);
      }, /ended early/);
      http.close();
    },
  );
});

test("who closes it ends what is asked and what waits for its turn", async () => {
  let asked = 0;
  await withServer(
    () => asked++,
    async (origin) => {
      const http = openHttp();
      const all = Array.from({ length: 200 }, () => http.send(ask(origin)));
      const ended = Promise.allSettled(all);
      await eventually("as many as go at once", async () => (asked === 64 ? true : undefined));
      http.close();
      for (const { status } of await ended) assert.equal(status, "rejected");
      assert.equal(asked, 64);
    },
  );
});
