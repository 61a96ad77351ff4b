import { Readable } from "node:stream";
import { MayflyError } from "../../base/errors.ts";
import type { Sink } from "./answer.ts";

const ATTEMPTS = 5;

/**
 * A body for who wants to read it piece by piece; settles when it has begun, or has failed before. What breaks off
 * is asked for again from `at`, where `resumes` says that it is still the same.
 */
export function readThrough(
  send: (sink: Sink, at: number) => Promise<unknown>,
  start = 0,
  resumes = false,
): Promise<Readable> {
  return new Promise((resolve, reject) => {
    let at = start;
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
    const take = (piece: Buffer) => {
      begun = true;
      resolve(stream);
      // Nobody reads it any more: this ends the connection.
      if (stream.destroyed) throw new MayflyError("interrupted", "not read to the end");
      at += piece.length;
      if (stream.push(Buffer.from(piece))) return undefined;
      return new Promise<void>((wake) => {
        wanted = wake;
      });
    };
    const sendAll = async () => {
      for (let attempt = 1; ; attempt++) {
        const before = at;
        try {
          return await send(take, at);
        } catch (error) {
          if (error instanceof MayflyError || !begun || !resumes) throw error;
          if (at > before) attempt = 1;
          else if (attempt >= ATTEMPTS) throw error;
        }
      }
    };
    sendAll().then(
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
