import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Boto, openBoto } from "../support/rehearsal/boto.ts";
import { rehearsalWorld } from "../support/rehearsal/world.ts";

/**
 * The companion stands behind the door, but on the same loopback that programs of instances see: some of its services
 * run what they are given as the person.
 */
const linux = { skip: process.platform !== "linux" };
const world = rehearsalWorld();
let boto: Boto;
before(async () => {
  boto = await openBoto({ ...world.env, ...(await world.start()) });
});
after(async () => {
  boto?.close();
  await world.remove();
});

/** Where a process listens, as any program of this machine may see it. */
function portsOf(pid: number): number[] {
  const sockets = readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${name}`))?.[1] ?? [];
    } catch {
      return []; // closed meanwhile
    }
  });
  return readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells[3] === "0A" && sockets.includes(cells[9] ?? ""))
    .map((cells) => Number.parseInt(cells[1]?.split(":")[1] ?? "", 16));
}

/** Byte for byte; what came back until it closed. */
function send(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(port, "127.0.0.1", () => socket.end(text));
    socket.setEncoding("utf8").on("data", (part) => {
      said += String(part);
    });
    socket.on("error", () => {}).on("close", () => resolve(said));
  });
}

test("nobody who goes past the door is answered", linux, async () => {
  const [port = 0, ...more] = portsOf(world.running().companion.pid);
  assert.deepEqual(more, []);
  assert.ok(port > 0);
  const as = (service: string) =>
    `authorization: AWS4-HMAC-SHA256 Credential=x/20000101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0\r\n`;
  for (const [line, headers, body] of [
    ["GET /_ministack/health", "", ""],
    ["POST /_ministack/reset", "", ""],
    ["GET /", as("s3"), ""],
    ["POST /2015-03-31/functions", as("lambda"), "{}"],
    ["POST /", as("ec2"), "Action=DescribeInstances"],
    ["GET /_ministack/health", "x-mayfly-secret:\r\n", ""],
    ["GET /_ministack/health", `x-mayfly-secret: ${"0".repeat(64)}\r\n`, ""],
    ["GET /_ministack/health", "x-mayfly-secret: \u00ff\r\nx-mayfly-secret: 0\r\n", ""],
    ["OPTIONS *", "", ""],
  ] as const) {
    const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
    const said = await send(
      port,
      `${line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}${length}\r\n${body}`,
    );
    assert.match(said, /^HTTP\/1\.1 403 /, `${line}: ${said}`);
  }
  const upgrade =
    "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const socket = await send(port, `GET / HTTP/1.1\r\nhost: x\r\n${upgrade}\r\n`);
  assert.doesNotMatch(socket, /^HTTP\/1\.1 (?:1|2)/);
});

test("through the door all is as it was, whatever a client says of secrets", async () => {
  const { answer } = await boto.call("s3", "create_bucket", { Bucket: "through-the-door" });
  assert.ok(answer);
  const { answer: seen } = await boto.call("ec2", "describe_vpcs");
  assert.ok(Array.isArray(seen?.Vpcs));
});

test("nothing that is asked for through the door runs as the person", async () => {
  const evil = (name: string) => join(world.path, name);
  const code = (name: string) =>
    `open(${JSON.stringify(evil(name))}, "w").write("was here")\ndef h(*_): return {}\n`;
  const call = (...args: Parameters<Boto["call"]>) => boto.call(...args);
  const Resources = {
    F: {
      Type: "AWS::Lambda::Function",
      Properties: {
        ...{ FunctionName: "f", Runtime: "python3.12", Handler: "index.h" },
        Role: "arn:aws:iam::123456789012:role/r",
        Code: { ZipFile: code("lambda") },
      },
    },
    C: { Type: "Custom::C", Properties: { ServiceToken: { "Fn::GetAtt": ["F", "Arn"] } } },
  };
  const TemplateBody = JSON.stringify({ Resources });
  assert.ok(
    (await call("cloudformation", "create_stack", { StackName: "s", TemplateBody })).answer,
  );

  await call("s3", "create_bucket", { Bucket: "scripts" });
  await call("s3", "put_object", { Bucket: "scripts", Key: "job.py", Body: code("glue") });
  const Command = { ScriptLocation: "s3://scripts/job.py" };
  for (const Name of ["glueetl", "pythonshell"]) {
    const job = { Name, Role: "r", Command: { ...Command, Name } };
    assert.ok((await call("glue", "create_job", job)).answer);
    assert.ok((await call("glue", "start_job_run", { JobName: Name })).answer);
  }
  const tried = () => ["lambda", "glue"].filter((name) => existsSync(evil(name)));
  for (let left = 80; left > 0 && tried().length < 2; left--)
    await new Promise((done) => setTimeout(done, 100));
  assert.deepEqual(tried(), []);
});
