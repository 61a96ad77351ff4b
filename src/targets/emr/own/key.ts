import { createHash, generateKeyPair } from "node:crypto";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { LostReply } from "../../../aws/asking.ts";
import type { Ec2 } from "../../../aws/ec2.ts";
import { type Clock, systemClock } from "../../../base/clock.ts";
import { MayflyError } from "../../../base/errors.ts";
import { readIfThere } from "../../../base/files.ts";
import type { Attempt } from "../../../model/run.ts";
import { type Maker, nameOf, tagsOf } from "./names.ts";
import { publicBlob, toPpk } from "./ppk.ts";
import { soon } from "./soon.ts";

export interface KeyWish {
  format: "pem" | "ppk";
  /** From mayfly.yaml's folder; in the run's folder where nothing is said. */
  file?: string;
}

/** Where the private half goes. */
export function keyFile({ file, format }: KeyWish, run: string, folder: string, project: string) {
  if (file === undefined) return join(folder, `${nameOf(run)}.${format}`);
  return resolve(project, file.replace(/^~(?=\/)/, homedir()));
}

const FIND_MS = 20_000;

/**
 * The key is made here and EC2 gets its public half (ImportKeyPair), so that no reply that is lost, and no crash, leaves a key pair
 * whose private half nobody has; CreateKeyPair would send it once.
 */
export async function makeKey(
  ec2: Ec2,
  { format, file }: { format: KeyWish["format"]; file: string },
  { run, owner, region, act }: Maker,
  clock: Clock = systemClock,
): Promise<string> {
  const name = nameOf(run);
  // As EC2 makes them: RSA of 2048 bits (API reference, CreateKeyPair), which every release's sshd takes.
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const numbers = privateKey.export({ format: "jwk" });
  const text =
    format === "ppk"
      ? toPpk(numbers, name)
      : privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  await act({ do: "write-key", id: "key-file", file, sha256: digestOf(text) }, () =>
    write(file, text),
  );
  const publicKey = `ssh-rsa ${publicBlob(numbers).toString("base64")} ${name}`;
  const find = async () => (await ec2.keys({ "key-name": name }))[0];
  await act({ do: "make-key-pair", id: "key", name, region }, () =>
    ec2.importKey({ name, publicKey, tags: tagsOf(run, owner) }).catch(async (error: unknown) => {
      // The run's id is in its name, and only this process has had the private half.
      if (error instanceof LostReply && (await soon(find, FIND_MS, clock))) return;
      throw error;
    }),
  );
  return name;
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx", mode: 0o600 });
    chmodSync(file, 0o600); // whatever the umask takes away
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw fileThere(file);
  }
}

export const fileThere = (file: string) =>
  new MayflyError(
    "refused",
    `cannot write a key to "${file}": it exists`,
    "a key is never overwritten: name another file, or move that one away",
  );

const digestOf = (text: string) => createHash("sha256").update(text).digest("hex");

/** The private half of a key pair that is gone; not what somebody else has put into its place. */
export async function removeKeyFiles(attempts: Attempt[], act: Maker["act"]): Promise<string[]> {
  const gone: string[] = [];
  for (const { intent } of attempts) {
    const { file, sha256 } = intent;
    if (intent.do !== "write-key" || typeof file !== "string") continue;
    const text = readIfThere(file);
    if (text === undefined || digestOf(text) !== sha256) continue;
    await act({ do: "remove-key-file", id: "key-file-gone", file }, () => rmSync(file));
    gone.push(`the key in ${file}`);
  }
  return gone;
}
