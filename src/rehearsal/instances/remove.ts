import { existsSync } from "node:fs";
import { join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { exec } from "../../base/exec.ts";

/**
 * Removes what an instance has left in its root, when nothing of it runs any more. Neither program follows
 * links; a folder that its owner has closed to itself is opened first.
 */
export async function removeRoot(folder: string): Promise<void> {
  const root = join(folder, "root");
  if (!existsSync(root)) return;
  await exec("chmod", ["-R", "u+rwX", "--", root]);
  const { code, stderr } = await exec("rm", ["-rf", "--one-file-system", "--", root]);
  if (code === 0) return;
  throw new MayflyError(
    "permission",
    `cannot remove what an instance has left in "${root}": ${stderr.trim()}`,
    "look who still uses it, then remove it",
  );
}
