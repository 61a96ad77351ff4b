import { Readable } from "node:stream";
import type { Sink } from "./answer.ts";

/** A body for who wants to read it piece by piece; settles when it has begun, or has failed before. */
export function readThrough(send: (sink: Sink) => Promise<unknown>): Promise<Readable> {
  return new Promise((resolve, reject) => {
    let wanted: (() => void) | undefined;
    let begun = false;
    const stream = new Readable({
      highWaterMark: 1 << 20,
      read() {
        wanted?.();
        wanted = undefined;
      },
      destroy(error, done) {
        wanted?.();
        done(error);
      },
    });
    send((piece) => {
      begun = true;
      resolve(stream);
      // Nobody reads it any more: this ends the connection.
      if (stream.destroyed) throw new Error("not read to the end");
      if (stream.push(Buffer.from(piece))) return undefined;
      return new Promise((wake) => {
        wanted = wake;
      });
    }).then(
      () => {
        stream.push(null);
        resolve(stream);
      },
      (error: Error) => {
        if (begun) stream.destroy(error);
        else reject(error);
      },
    );
  });
}
