import { spawnSync } from "node:child_process";

/** Debian's. */
export const CHROMIUM = "/usr/bin/chromium";

const TRIED = {
  chromium: () => spawnSync(CHROMIUM, ["--version"]).status === 0,
  bwrap: () => spawnSync("bwrap", ["--unshare-pid", "--ro-bind", "/", "/", "true"]).status === 0,
  unshare: () => spawnSync("unshare", ["-rm", "true"]).status === 0,
  setpriv: () => spawnSync("setpriv", ["--bounding-set=-dac_override", "true"]).status === 0,
};

/** For a test that needs what not every machine has: skipped loudly, and not at all where nothing may be. */
export function needs(what: keyof typeof TRIED): { skip: false | string } {
  if (TRIED[what]()) return { skip: false };
  if (process.env.MAYFLY_NO_SKIP)
    throw new Error(`${what} is not to be had here, and nothing may be skipped`);
  return { skip: `SKIPPED: ${what} is not to be had here` };
}
