import { createHash, type Hash, type KeyObject } from "node:crypto";
import { refuse } from "../problem.ts";
import { EMPTY_HASH, hmac, type Scope, scopeText, sha256 } from "./canonical.ts";
import { sameSignature } from "./verify.ts";

/** What each chunk is signed with: S3 API reference, "Signature calculations … Transferring payload in multiple chunks". */
export interface ChunkSigning {
  key: KeyObject;
  date: string;
  scope: Scope;
  /** Of the request's headers: the first chunk is signed with it. */
  seed: string;
}

export interface ChunkWish {
  /** Undefined where only the headers are signed (`STREAMING-UNSIGNED-PAYLOAD-TRAILER`). */
  signing: ChunkSigning | undefined;
  /** Headers that follow the last chunk. */
  trailer: boolean;
  /** `x-amz-decoded-content-length` */
  length: number;
}

export interface ChunkReader {
  /** Throws at the first byte that is not as it was signed. */
  take(bytes: Buffer): void;
  /** Throws unless all has come. */
  end(): void;
}

const LONGEST_LINE = 8192;

/** Reads a body of the form `aws-chunked`; the bytes themselves are somebody else's to pass on. */
export function readChunks({ signing, trailer, length }: ChunkWish): ChunkReader {
  let state: "head" | "data" | "after" | "trailer" | "done" = "head";
  let line = "";
  let left = 0;
  let total = 0;
  let hash: Hash = createHash("sha256");
  let given = "";
  let previous = signing?.seed ?? "";
  let trailing = "";

  const bad = (why: string) => refuse("incompleteBody", `The body is not aws-chunked: ${why}.`);
  const check = (kind: string, hashes: string[], signature: string): void => {
    if (!signing) return;
    const text = [kind, signing.date, scopeText(signing.scope), previous, ...hashes].join("\n");
    if (!sameSignature(hmac(signing.key, text), signature)) {
      throw refuse(
        "signature",
        "The chunk signature we calculated does not match the signature you provided.",
        { SignatureProvided: signature },
      );
    }
    previous = signature;
  };
  const endChunk = (): void =>
    check("AWS4-HMAC-SHA256-PAYLOAD", [EMPTY_HASH, hash.digest("hex")], given);

  const head = (text: string): void => {
    const [, size = "", signature] =
      /^([0-9a-fA-F]{1,10})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(text) ?? [];
    if (size === "") throw bad("a chunk does not begin with its length");
    if (signing ? signature === undefined : signature !== undefined) {
      throw bad(signing ? "a chunk is not signed" : "a chunk is signed");
    }
    left = Number.parseInt(size, 16);
    total += left;
    if (total > length) throw bad("it is longer than x-amz-decoded-content-length");
    given = signature ?? "";
    hash = createHash("sha256");
    if (left > 0) state = "data";
    else {
      endChunk();
      state = "trailer";
    }
  };
  const last = (text: string): void => {
    if (text === "") {
      state = "done";
      return;
    }
    if (!trailer) throw bad("something follows the last chunk");
    const [, name = "", value = ""] = /^([\w-]+):(.*)$/.exec(text) ?? [];
    if (name === "") throw bad("a trailing header has no name");
    if (name.toLowerCase() === "x-amz-trailer-signature") {
      check("AWS4-HMAC-SHA256-TRAILER", [sha256(trailing)], value.trim());
      trailing = "signed";
    } else {
      if (trailing === "signed") throw bad("a header follows the trailer's signature");
      trailing += `${name.toLowerCase()}:${value.trim()}\n`;
    }
  };

  return {
    take(bytes) {
      let at = 0;
      while (at < bytes.length) {
        if (state === "done") throw bad("something follows its end");
        if (state === "data") {
          const part = bytes.subarray(at, at + left);
          hash.update(part);
          at += part.length;
          left -= part.length;
          if (left === 0) {
            endChunk();
            state = "after";
          }
          continue;
        }
        const end = bytes.indexOf(10, at);
        line += bytes.toString("latin1", at, end < 0 ? bytes.length : end + 1);
        at = end < 0 ? bytes.length : end + 1;
        if (line.length > LONGEST_LINE) throw bad("a line is too long");
        if (end < 0) continue;
        if (!line.endsWith("\r\n")) throw bad("a line does not end with CRLF");
        const text = line.slice(0, -2);
        line = "";
        if (state === "head") head(text);
        else if (state === "trailer") last(text);
        else if (text !== "") throw bad("a chunk is longer than it says");
        else state = "head";
      }
    },
    end() {
      if (state !== "done") throw bad("it ends too early");
      if (total !== length) throw bad("it is shorter than x-amz-decoded-content-length");
      if (signing && trailer && trailing !== "signed") throw bad("its trailer is not signed");
    },
  };
}
