import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { MayflyError, toMayflyError } from "../../base/errors.ts";

export interface Upload {
  stream: Readable;
  bytes: number;
  moved?: ((bytes: number) => void) | undefined;
}

const CONNECT = 10_000;
const SILENT = 60_000;
/** For who knows nothing of `100 Continue`, as some gateways. */
const NO_CONTINUE = 3_000;

/**
 * Bytes to a DataNode. Not by undici, which takes the `100 Continue` that every DataNode sends for a fault. The
 * bytes wait for it: who refuses does so before, and is heard; afterwards the connection just breaks.
 */
export async function upload(
  { origin, path }: { origin: string; path: string },
  { stream, bytes, moved }: Upload,
  signal?: AbortSignal,
): Promise<{ status: number; text: string }> {
  const { request } = await import(origin.startsWith("https:") ? "node:https" : "node:http");
  let waiting: NodeJS.Timeout | undefined;
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(origin, {
        path,
        method: "PUT",
        agent: false,
        timeout: CONNECT,
        headers: {
          "content-type": "application/octet-stream",
          "content-length": String(bytes),
          expect: "100-continue",
        },
        ...(signal ? { signal } : {}),
      });
      const fail = (error: Error) => {
        sent.destroy();
        reject(error);
      };
      let left = bytes;
      let begun = false;
      // Nobody listens to the file before: it would begin to flow.
      const send = () => {
        if (begun) return;
        begun = true;
        stream.on("data", (chunk: Buffer) => {
          left -= chunk.length;
          moved?.(chunk.length);
        });
        stream.on("end", () => {
          if (left > 0)
            fail(new MayflyError("refused", "the file became shorter while it was read"));
        });
        stream.pipe(sent);
      };
      // What is wrong with the file is not tried again.
      stream.on("error", (error) => fail(toMayflyError(error, "read the file")));
      sent.on("socket", (socket: NodeJS.EventEmitter) =>
        socket.once("connect", () => {
          sent.setTimeout(SILENT);
          waiting = setTimeout(send, NO_CONTINUE);
        }),
      );
      sent.on("continue", send);
      sent.on("response", resolve);
      sent.on("timeout", () => fail(new Error("it does not answer")));
      sent.on("error", fail);
      // Node sends the head with the first byte of the body, unless told otherwise.
      sent.flushHeaders();
    });
    return { status: response.statusCode ?? 0, text: await text(response) };
  } finally {
    clearTimeout(waiting);
    stream.destroy();
  }
}
