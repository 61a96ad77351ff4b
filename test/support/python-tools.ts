import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { exec } from "../../src/base/exec.ts";
import { withLock } from "../../src/base/locks.ts";
import { cacheFolder } from "../../src/base/places.ts";
import { systemEffects } from "../../src/spark/install/effects.ts";
import { findPip, findPython } from "../../src/spark/install/python.ts";
import { DEFAULT_SPARK } from "../../src/spark/versions.ts";

export interface PythonTools {
  python: string;
  env: NodeJS.ProcessEnv;
}

export const AWS_CLI = "awscli==1.44.3";
export const BOTO3 = "boto3==1.43.106";

/** Programs that other people wrote, from PyPI, pinned and kept in the cache: they try what we build. */
export async function pythonTools(...packages: string[]): Promise<PythonTools> {
  const python = await findPython(DEFAULT_SPARK, () => {}, systemEffects);
  const key = createHash("sha256")
    .update(JSON.stringify([packages, python.version]))
    .digest("hex");
  const folder = join(cacheFolder(), "python", `tools-${key.slice(0, 16)}`);
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const made = `${folder}.${process.pid}`;
    mkdirSync(dirname(folder), { recursive: true });
    const pip = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--target",
      made,
    ];
    const program = await findPip(python, systemEffects);
    let done = await exec(program, [...pip, ...packages]);
    // A large wheel may be cut on its way; what is wrong stays wrong.
    if (done.code !== 0) {
      rmSync(made, { recursive: true, force: true });
      done = await exec(program, [...pip, ...packages]);
    }
    if (done.code !== 0) {
      rmSync(made, { recursive: true, force: true });
      throw new Error(`pip install ${packages.join(" ")}:\n${done.stderr}`);
    }
    renameSync(made, folder);
  });
  return { python: python.path, env: { ...process.env, PYTHONPATH: folder } };
}
