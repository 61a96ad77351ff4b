import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { refuse } from "../problem.ts";
import { type Asked, headerOf } from "../request.ts";
import { signingKey } from "./canonical.ts";
import { readChunks } from "./chunks.ts";
import type { Verified } from "./verify.ts";

interface Check {
  take(bytes: Buffer): void;
  end(): void;
}

/**
 * Lets a body through and holds its last piece back until all of it is known to be what was signed:
 * whoever receives it has then fewer bytes than were announced, and stores nothing. What it comes
 * from stays open, for the answer.
 */
export async function* checkedBody(
  source: Readable,
  asked: Asked,
  verified: Verified,
): AsyncGenerator<Buffer> {
  const check = checkFor(asked, verified);
  let held: Buffer | undefined;
  for await (const part of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    check.take(part);
    if (held) yield held;
    held = part;
  }
  check.end();
  if (held) yield held;
}

/** The same at once, which is several times faster for what is small. */
export async function checkedWhole(
  source: Readable,
  asked: Asked,
  verified: Verified,
  most: number,
): Promise<Buffer> {
  const check = checkFor(asked, verified);
  const whole = await readWhole(source, most);
  check.take(whole);
  check.end();
  return whole;
}

/** A body in memory; who sends too much can still be answered. */
export function readWhole(source: Readable, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    source.on("data", (part: Buffer) => {
      size += part.length;
      if (size > most) reject(refuse("tooLarge", `Request size exceeded ${most} bytes.`));
      else parts.push(part);
    });
    source.on("end", () => resolve(Buffer.concat(parts)));
    source.on("error", reject);
    source.on("close", () => {
      // An error is not made where nobody hears of it: that takes as long as a signature.
      if (!source.readableEnded) reject(refuse("incompleteBody", "The body ended too early."));
    });
  });
}

function checkFor(asked: Asked, { payload, claim, key }: Verified): Check {
  if (payload === "UNSIGNED-PAYLOAD") return { take() {}, end() {} };
  if (!payload.startsWith("STREAMING-")) return hashCheck(payload);
  const length = headerOf(asked, "x-amz-decoded-content-length");
  if (length === undefined || !/^\d{1,15}$/.test(length)) {
    throw refuse("noLength", "You must provide the x-amz-decoded-content-length HTTP header.");
  }
  const signed = payload.includes("AWS4-HMAC-SHA256");
  return readChunks({
    signing: signed
      ? {
          key: signingKey(key.secretKey, claim.scope),
          date: claim.date,
          scope: claim.scope,
          seed: claim.signature,
        }
      : undefined,
    trailer: payload.endsWith("-TRAILER"),
    length: Number(length),
  });
}

function hashCheck(declared: string): Check {
  const hash = createHash("sha256");
  return {
    take: (bytes) => void hash.update(bytes),
    end() {
      const actual = hash.digest("hex");
      if (actual === declared) return;
      throw refuse(
        "wrongHash",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        { ClientComputedContentSHA256: declared, S3ComputedContentSHA256: actual },
      );
    },
  };
}
