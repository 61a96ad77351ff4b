import { createHash, createHmac, type JsonWebKey } from "node:crypto";

/** A length and the bytes, as SSH has all its strings (RFC 4251, section 5). */
function string(bytes: Buffer | string): Buffer {
  const content = Buffer.from(bytes as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** A number, with a zero before a first bit that would make it negative. */
function number(base64url: string | undefined): Buffer {
  const bytes = Buffer.from(base64url ?? "", "base64url");
  return string((bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
}

const ALGORITHM = "ssh-rsa";

/** RFC 4253, section 6.6. */
export function publicBlob({ e, n }: JsonWebKey): Buffer {
  return Buffer.concat([string(ALGORITHM), number(e), number(n)]);
}

/**
 * An RSA key as PuTTY keeps it, without a passphrase: version 2 of the format, which every PuTTY reads (PuTTY's manual, appendix C,
 * "PPK file format").
 */
export function toPpk(key: JsonWebKey, comment: string): string {
  const open = publicBlob(key);
  const secret = Buffer.concat([number(key.d), number(key.p), number(key.q), number(key.qi)]);
  const parts = [ALGORITHM, "none", comment, open, secret].map(string);
  const seal = createHash("sha1").update("putty-private-key-file-mac-key").digest();
  const mac = createHmac("sha1", seal).update(Buffer.concat(parts)).digest("hex");
  const lines = (blob: Buffer) => blob.toString("base64").match(/.{1,64}/g) ?? [];
  return [
    `PuTTY-User-Key-File-2: ${ALGORITHM}`,
    "Encryption: none",
    `Comment: ${comment}`,
    `Public-Lines: ${lines(open).length}`,
    ...lines(open),
    `Private-Lines: ${lines(secret).length}`,
    ...lines(secret),
    `Private-MAC: ${mac}`,
    "",
  ].join("\n");
}
