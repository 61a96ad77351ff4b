import { connect as connectPlain, type TcpNetConnectOpts } from "node:net";
import { connect as connectSecure } from "node:tls";
import { type Answer, type Reading, readAnswer, type Sink } from "./answer.ts";

export interface Ask {
  method: string;
  origin: string;
  path: string;
  headers: Record<string, string>;
  body?: Uint8Array | string | undefined;
  signal?: AbortSignal | undefined;
  /** Before each piece of the body, where there is a limit. */
  pace?: ((bytes: number) => Promise<void> | undefined) | undefined;
}

/** One request after the other over a socket that reads into one buffer. */
export interface Connection {
  send(asked: Ask, sink?: Sink): Promise<Answer>;
  /** False as soon as it cannot take another request. */
  open(): boolean;
  destroy(): void;
}

const BUFFER = 256 * 1024;
const SILENCE_MS = 60_000;
/** What is sent at once where there is a limit. */
const PIECE = 64 * 1024;

/** `ca` are certificates to trust instead of those that Node knows. */
export function connect(origin: string, ca?: string[]): Connection {
  const { protocol, hostname, port } = new URL(origin);
  const secure = protocol === "https:";
  const host = hostname.replace(/^\[|\]$/g, "");
  let reading: Reading | undefined;
  let usable = true;

  const take = (piece: Buffer): boolean => {
    if (!reading) {
      fail(new Error("an answer came to nothing that was asked"));
      return false;
    }
    const hold = reading.take(piece);
    if (!hold) return true;
    hold.then(() => socket.resume(), fail);
    return false;
  };
  const options: TcpNetConnectOpts = {
    host,
    port: Number(port) || (secure ? 443 : 80),
    noDelay: true,
    onread: {
      buffer: Buffer.allocUnsafeSlow(BUFFER),
      callback: (n, all) => take(Buffer.from(all.buffer, all.byteOffset, n)),
    },
  };
  const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
  const socket = secure
    ? connectSecure({ ...options, ...name, ...(ca ? { ca } : {}) })
    : connectPlain(options);
  const fail = (error: Error) => {
    usable = false;
    reading?.fail(error);
    socket.destroy();
  };
  socket.setTimeout(SILENCE_MS, () => fail(new Error("nothing came for a minute")));
  socket.on("error", fail);
  socket.on("close", () => {
    usable = false;
    reading?.ended();
  });

  return {
    open: () => usable,
    destroy: () => socket.destroy(),
    async send(asked, sink) {
      const { signal } = asked;
      const stop = () => fail(new Error("aborted"));
      if (signal?.aborted) throw new Error("aborted");
      signal?.addEventListener("abort", stop);
      let sent = false;
      try {
        const answer = await new Promise<Answer>((resolve, reject) => {
          reading = readAnswer(asked.method === "HEAD", sink, resolve, reject);
          write(asked, socket).then(() => {
            sent = true;
          }, fail);
        });
        // Answered before it was asked to the end: what is still to be sent would be the next request.
        if (!sent || answer.headers.connection?.toLowerCase() === "close") usable = false;
        return answer;
      } finally {
        reading = undefined;
        signal?.removeEventListener("abort", stop);
      }
    },
  };
}

async function write(asked: Ask, socket: ReturnType<typeof connectPlain>): Promise<void> {
  const { method, path, body = "", pace } = asked;
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const headers: Record<string, string> = { ...asked.headers };
  if (bytes.length > 0 || method === "PUT" || method === "POST")
    headers["content-length"] = String(bytes.length);
  let head = `${method} ${path} HTTP/1.1\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (/[\r\n\0]/.test(value)) throw new Error(`the header ${name} would hold a line end`);
    head += `${name}: ${value}\r\n`;
  }
  head += "\r\n";
  if (bytes.length === 0 || !pace) {
    if (bytes.length > 0) socket.cork();
    socket.write(head, "latin1");
    if (bytes.length === 0) return;
    socket.write(bytes);
    socket.uncork();
    return;
  }
  socket.write(head, "latin1");
  for (let at = 0; at < bytes.length && !socket.destroyed; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE);
    await pace(piece.length);
    if (!socket.write(piece)) await new Promise((done) => socket.once("drain", done));
  }
}
