import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { MayflyError } from "../base/errors.ts";
import { withLock } from "../base/locks.ts";

/** What the pages are built from: a change in these asks for another build. */
export const MADE_FROM = ["web", "src/base", "src/model"];

const ROOT = resolve(import.meta.dirname, "../..");

/** Where the built pages lie: in the package as they are, in a clone built when what they are made from has changed. */
export async function webFolder(): Promise<string> {
  const folder = join(ROOT, "dist/web");
  if (!existsSync(join(ROOT, "web")) || isFresh(folder)) return folder;
  // Two at a time would empty each other's folder.
  await withLock(join(ROOT, "dist/web.lock"), () =>
    isFresh(folder) ? Promise.resolve() : build(),
  );
  return folder;
}

/** A newcomer's clone has to fetch what builds them first: what the launcher says of that is shown. */
async function build(): Promise<void> {
  const env = { ...process.env, MAYFLY_DEV: "tools/web.ts" };
  const child = spawn(join(ROOT, "mayfly"), { env, stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "exit");
  if (code === 0) return;
  throw new MayflyError(
    "missing",
    "cannot build the pages of this clone (the reason stands above)",
    "they need the packages for development: npm install",
  );
}

function isFresh(folder: string): boolean {
  const built = join(folder, "built");
  if (!existsSync(built)) return false;
  const { mtimeMs } = statSync(built);
  return MADE_FROM.every((folder) => {
    const sources = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
    return sources.every((name) => statSync(join(ROOT, folder, name)).mtimeMs <= mtimeMs);
  });
}
