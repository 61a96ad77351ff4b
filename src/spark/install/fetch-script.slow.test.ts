import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { identify } from "../../base/processes.ts";
import { FETCH_SCRIPT } from "./fetch.ts";

/** python/fetch.py against a package index of our own on loopback, which can misbehave. */
const top = mkdtempSync(join(tmpdir(), "mayfly-fetch-"));
/** The interpreter itself: a version manager's shim would cost more than the rest. */
const PYTHON = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], {
  encoding: "utf8",
}).trim();
const [parts, to] = [join(top, "parts"), join(top, "to")];
let server: Server;
let index = "";
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: string[] = [];

before(async () => {
  server = createServer((request, response) => {
    if (request.url?.startsWith("/files/")) asked.push(request.headers.range ?? "all");
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  index = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
});
after(() => {
  server.close();
  server.closeAllConnections();
  rmSync(top, { recursive: true, force: true });
});
beforeEach(() => {
  asked = [];
  for (const folder of [parts, to]) rmSync(folder, { recursive: true, force: true });
});

/** One version of one package; `send` says how its file arrives. */
function serve(
  file: string,
  content: Buffer,
  send: (request: IncomingMessage, response: ServerResponse, from: number) => void = (
    _,
    response,
    from,
  ) => response.end(content.subarray(from)),
  sha256 = sha(content),
): string {
  answer = (request, response) => {
    if (request.url === "/simple/toy/") {
      response.setHeader("content-type", "text/html");
      response.end(`<a href="../../files/${file}#sha256=${sha256}">${file}</a>`);
    } else if (request.url === `/files/${file}`) {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      if (from > 0) response.statusCode = from < content.length ? 206 : 416;
      response.setHeader("content-length", Math.max(0, content.length - from));
      send(request, response, from);
    } else {
      response.statusCode = 404;
      response.end();
    }
  };
  return join(parts, `${sha256}.part`);
}
const sha = (content: Buffer) => createHash("sha256").update(content).digest("hex");
const half = (content: Buffer) => content.subarray(0, content.length >> 1);

interface Line {
  kind: string;
  code?: string;
  message?: string;
  bytes?: number;
  total?: number;
}
const environment = () => ({
  ...process.env,
  PIP_INDEX_URL: index,
  PIP_EXTRA_INDEX_URL: "",
  PIP_FIND_LINKS: "",
  PIP_CONFIG_FILE: "/dev/null",
  PIP_RETRIES: "0",
});

function run(
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<{ code: number | null; lines: Line[] }> {
  return new Promise((resolve) => {
    const all = ["get", "toy", "==1.0", "--to", to, "--parts", parts, ...args];
    const child = spawn(PYTHON, [FETCH_SCRIPT, ...all], { env: { ...environment(), ...env } });
    let text = "";
    child.stdout.on("data", (data) => {
      text += data;
    });
    child.on("close", (code) => {
      resolve({
        code,
        lines: text
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as Line),
      });
    });
  });
}

function archive(name: string, program: string): Buffer {
  const path = join(top, name);
  execFileSync(PYTHON, [
    "-c",
    `import io, sys, tarfile, zipfile\npath = sys.argv[1]\n${program}`,
    path,
  ]);
  return readFileSync(path);
}
const SDIST = "toy-1.0.tar.gz";
const tarOf = (files: Record<string, string>) =>
  archive(
    SDIST,
    `with tarfile.open(path, "w:gz") as tar:
    for name, content in ${JSON.stringify(files)}.items():
        info = tarfile.TarInfo(name)
        if content.startswith("-> "):
            info.type, info.linkname = tarfile.SYMTYPE, content[3:]
        info.size = 0 if info.issym() else len(content)
        tar.addfile(info, io.BytesIO(content.encode()))`,
  );
const BIG = Buffer.alloc(3_000_000, "mayfly ");

describe("fetch.py", () => {
  it("downloads, verifies, and tells how far it is", async () => {
    serve(SDIST, BIG);
    const { code, lines } = await run();
    assert.equal(code, 0);
    assert.deepEqual(lines.at(-2), {
      kind: "progress",
      name: "toy 1.0",
      phase: "download",
      bytes: 3e6,
      total: 3e6,
    });
    assert.equal(lines.at(-1)?.kind, "done");
    assert.ok(readFileSync(join(to, SDIST)).equals(BIG));
    assert.deepEqual(readdirSync(parts), []);
  });

  it("goes on where an earlier one stopped", async () => {
    const part = serve(SDIST, BIG);
    mkdirSync(parts);
    writeFileSync(part, half(BIG));
    assert.equal((await run()).code, 0);
    assert.deepEqual(asked, ["bytes=1500000-"]);
    assert.ok(readFileSync(join(to, SDIST)).equals(BIG));
  });

  it("asks for nothing more when the part is whole, and begins again when it is too long", async () => {
    const part = serve(SDIST, BIG);
    mkdirSync(parts);
    writeFileSync(part, BIG);
    assert.equal((await run()).code, 0);
    mkdirSync(parts, { recursive: true });
    writeFileSync(part, Buffer.concat([BIG, BIG]));
    rmSync(to, { recursive: true });
    assert.equal((await run()).code, 0);
    assert.ok(readFileSync(join(to, SDIST)).equals(BIG));
  });

  it("begins afresh with a server that ignores ranges", async () => {
    const part = serve(SDIST, BIG, (_, response) => {
      response.statusCode = 200;
      response.setHeader("content-length", BIG.length);
      response.end(BIG);
    });
    mkdirSync(parts);
    writeFileSync(part, half(BIG));
    assert.equal((await run()).code, 0);
    assert.ok(readFileSync(join(to, SDIST)).equals(BIG));
  });

  it("goes on by itself when the connection breaks off", async () => {
    let cuts = 0;
    serve(SDIST, BIG, (_, response, from) => {
      if (cuts++ >= 2) return response.end(BIG.subarray(from));
      response.write(BIG.subarray(from, from + 800_000), () =>
        setTimeout(() => response.destroy(), 100),
      );
      return response;
    });
    assert.equal((await run()).code, 0);
    assert.equal(asked.length, 3);
    assert.match(asked[2] ?? "", /^bytes=\d{6,}-$/);
    assert.ok(readFileSync(join(to, SDIST)).equals(BIG));
  });

  it("removes a part that is damaged and begins again, once", async () => {
    const part = serve(SDIST, BIG);
    mkdirSync(parts);
    writeFileSync(part, Buffer.alloc(1_000_000, "x"));
    assert.equal((await run()).code, 0);
    assert.deepEqual(asked, ["bytes=1000000-", "all"]);
    rmSync(to, { recursive: true });
    serve(SDIST, BIG, undefined, "0".repeat(64));
    const { code, lines } = await run();
    assert.deepEqual([code, lines.at(-1)?.code], [1, "checksum"]);
    assert.deepEqual([readdirSync(parts), existsSync(to)], [[], false]);
  });

  it("tells an absent version from an absent index and a failing one", async () => {
    serve("toy-2.0.tar.gz", BIG);
    const other = (await run()).lines.at(-1);
    assert.deepEqual([other?.code, other?.message], ["not-found", "the newest there are 2.0"]);
    answer = (_, response) => {
      response.statusCode = 404;
      response.end();
    };
    assert.equal((await run()).lines.at(-1)?.code, "not-found");
    const closed = (await run([], { PIP_INDEX_URL: "http://127.0.0.1:9/simple" })).lines.at(-1);
    assert.deepEqual(
      [closed?.code, closed?.message],
      ["offline", "[Errno 111] Connection refused"],
    );
  });

  it("lays a PySpark sdist out as a Spark home", async () => {
    const names = [
      "deps/jars/hadoop-client-api-3.3.4.jar",
      "deps/jars/connect-repl/x.jar",
      "deps/bin/spark-submit",
      "deps/bin/spark-submit.cmd",
      "deps/sbin/start-history-server.sh",
      "deps/data/mllib/kmeans_data.txt",
      "deps/examples/pi.py",
      "deps/licenses/L.txt",
      "pyspark/sql/__init__.py",
      "lib/py4j-0.10.9.7-src.zip",
      "setup.py",
    ];
    serve(SDIST, tarOf(Object.fromEntries(names.map((name) => [`toy-1.0/${name}`, name]))));
    assert.equal((await run(["--as", "spark"])).code, 0);
    const found = (readdirSync(to, { recursive: true }) as string[]).filter((name) =>
      statSync(join(to, name)).isFile(),
    );
    assert.deepEqual(found.sort(), [
      "RELEASE",
      "bin/spark-submit",
      "bin/spark-submit.cmd",
      "data/mllib/kmeans_data.txt",
      "examples/src/main/python/pi.py",
      "jars/connect-repl/x.jar",
      "jars/hadoop-client-api-3.3.4.jar",
      "licenses/L.txt",
      "python/lib/py4j-0.10.9.7-src.zip",
      "python/pyspark/sql/__init__.py",
      "sbin/start-history-server.sh",
    ]);
    assert.equal(readFileSync(join(to, "RELEASE"), "utf8"), "Spark 1.0 built for Hadoop 3.3.4\n");
    const executable = found.filter((name) => statSync(join(to, name)).mode & 0o100);
    assert.deepEqual(executable, ["bin/spark-submit", "sbin/start-history-server.sh"]);
  });

  it("refuses what would leave the folder, and links", async () => {
    for (const [name, content] of [
      ["../evil", "x"],
      ["/tmp/mayfly-evil", "x"],
      ["toy-1.0/deps/jars/../../../../evil", "x"],
      ["toy-1.0/deps/bin/link", "-> /etc/passwd"],
    ] as const) {
      serve(SDIST, tarOf({ "toy-1.0/lib/a.zip": "a", [name]: content }));
      const { code, lines } = await run(["--as", "spark"]);
      assert.equal(code, 1, name);
      assert.match(lines.at(-1)?.message ?? "", /outside of its folder|holds a link/);
      assert.equal(existsSync(to), false);
    }
    assert.equal(existsSync("/tmp/mayfly-evil"), false);
  });

  it("lays a part of a wheel out, programs executable", async () => {
    const wheel = "toy-1.0-py3-none-any.whl";
    const content = archive(
      wheel,
      `with zipfile.ZipFile(path, "w") as whl:
    for name, mode in (("toy/rt/bin/java", 0o755), ("toy/rt/lib/modules", 0o644), ("toy/x.py", 0o644)):
        info = zipfile.ZipInfo(name)
        info.external_attr = (0o100000 | mode) << 16
        whl.writestr(info, name)`,
    );
    serve(wheel, content);
    assert.equal((await run(["--as", "wheel:toy/rt"])).code, 0);
    assert.deepEqual(readdirSync(to).sort(), ["bin", "lib"]);
    assert.equal(statSync(join(to, "bin/java")).mode & 0o777, 0o755);
    assert.equal(statSync(join(to, "lib/modules")).mode & 0o777, 0o644);
  });

  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    it(`leaves only the part when ${signal === "SIGTERM" ? "it is told to stop" : "its parent is killed"}`, async () => {
      const part = serve(SDIST, BIG, (_, response, from) => {
        response.write(BIG.subarray(from, 1_000_000));
      });
      const args = [FETCH_SCRIPT, "get", "toy", "==1.0", "--to", to, "--parts", parts];
      // A shell that starts it and stays: what is killed is its parent.
      const child = spawn("sh", ["-c", '"$@" & echo $!; wait', "sh", PYTHON, ...args], {
        env: environment(),
      });
      const pid = await new Promise<number>((resolve) =>
        child.stdout.once("data", (data) => resolve(Number.parseInt(String(data), 10))),
      );
      while (!existsSync(part) || statSync(part).size < 500_000)
        await new Promise((r) => setTimeout(r, 20));
      if (signal === "SIGTERM") process.kill(pid, signal);
      else child.kill(signal);
      for (let i = 0; identify(pid) && i < 100; i++) await new Promise((r) => setTimeout(r, 50));
      assert.equal(identify(pid), undefined);
      assert.deepEqual([existsSync(part), existsSync(to)], [true, false]);
    });
  }

  it("fetches from the index that this machine is set up for", async () => {
    const args = ["get", "six", "==1.16.0", "--to", to, "--parts", parts];
    const text = execFileSync(PYTHON, [FETCH_SCRIPT, ...args], { encoding: "utf8" });
    assert.match(text, /"kind": "done", "version": "1.16.0"/);
    assert.deepEqual(readdirSync(to), ["six-1.16.0-py2.py3-none-any.whl"]);
  });
});
