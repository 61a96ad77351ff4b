import { createServer, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { freePort } from "../../../src/base/port.ts";
import { companionAt } from "../../../src/rehearsal/door/companion.ts";
import { openDoor } from "../../../src/rehearsal/door/door.ts";
import { makeKeys } from "../../../src/rehearsal/door/keys.ts";
import type { DoorWish } from "../../../src/rehearsal/door/wish.ts";

export const WHO = {
  accessKeyId: "AKIAEXAMPLE000000000",
  secretAccessKey: "not/very+secret",
};

export interface Reached {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A door before a companion that only writes down what reached it whole. */
export async function openTestDoor(more: Partial<DoorWish> = {}) {
  const reached: Reached[] = [];
  const companion = createServer(async (asked, response) => {
    const parts: Buffer[] = [];
    try {
      for await (const part of asked as AsyncIterable<Buffer>) parts.push(part);
    } catch {
      return; // it was cut
    }
    const { method = "", url = "", headers } = asked;
    reached.push({ method, url, headers, body: Buffer.concat(parts) });
    response.setHeader("etag", '"x"');
    response.end(method === "HEAD" ? undefined : "from the companion");
  });
  await new Promise<void>((done) => companion.listen(0, "127.0.0.1", done));
  const keys = makeKeys({ accessKey: WHO.accessKeyId, secretKey: WHO.secretAccessKey });
  const port = await freePort();
  const passedOn = companionAt((companion.address() as AddressInfo).port);
  const door = await openDoor({ port, keys, services: {}, companion: passedOn, ...more });
  return {
    port,
    keys,
    reached,
    close() {
      for (const server of [door, companion]) {
        server.close();
        server.closeAllConnections();
      }
      passedOn.agent.destroy();
    },
  };
}

export interface Raw {
  method: string;
  path: string;
  /** Name and value, in turns: a name may stand there twice. */
  headers: string[];
  body?: Buffer | string;
}

export interface RawAnswer {
  /** 0 where the connection ended without an answer. */
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Sends a request as it is, byte for byte. */
export function sendRaw(port: number, { method, path, headers, body }: Raw): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const lines = [`${method} ${path} HTTP/1.1`, "connection: close"];
    for (let i = 0; i + 1 < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
    socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
    if (body !== undefined && body.length > 0) socket.write(body);
    let text = "";
    socket.setEncoding("latin1").on("data", (part: string) => {
      text += part;
    });
    socket.on("error", reject);
    socket.on("close", () => {
      const end = text.indexOf("\r\n\r\n");
      const [first = "", ...rest] = text.slice(0, end).split("\r\n");
      resolve({
        status: Number(first.split(" ")[1] ?? 0),
        headers: Object.fromEntries(
          rest.map((line) => [
            line.slice(0, line.indexOf(":")).toLowerCase(),
            line.slice(line.indexOf(":") + 1).trim(),
          ]),
        ),
        body: text.slice(end + 4),
      });
    });
  });
}
