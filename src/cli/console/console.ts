import { MayflyError } from "../../base/errors.ts";
import { projectFolder } from "../../engine/project.ts";
import { openBrowser } from "../browser.ts";
import type { Command, Input, Io } from "../command.ts";
import { readFsOptions, s3Options } from "../fs/options.ts";

export const console: Command = {
  summary: "runs, clusters, files and SQL in the browser",
  usage: "console [--port N] [--no-open]",
  examples: [
    ["console", "of this project, until Ctrl-C"],
    ["console --no-open --port 4800", "only prints the address, always with this port"],
    ["console --live-s3", "its storage page shows S3 itself"],
  ],
  options: {
    port: { type: "string", value: "N", help: "the port; one that is free by default" },
    "no-open": { type: "boolean", help: "only print the address" },
    ...s3Options,
  },
  most: 0,
  run: (input, io) => serveConsole(input, io, projectFolder(io.cwd)),
};

/** Until Ctrl-C. A page is what stands behind the # of its address: the runs without. */
export async function serveConsole(
  input: Input,
  io: Io,
  project: string,
  page?: string,
): Promise<number> {
  const port = readPort(input);
  const [{ openConsole }, { runningConsole, tellRunning }, { rehearsalViews }] = await Promise.all([
    import("../../console/console.ts"),
    import("../../console/running.ts"),
    import("./rehearsals.ts"),
  ]);
  const tell = (first: string) => {
    const address = page === undefined ? first : `${first}&page=${page}`;
    io.out(input.flags.has("json") ? `${JSON.stringify({ address })}\n` : `${address}\n`);
    if (!input.flags.has("no-open") && io.terminal.out) openBrowser(address);
  };
  const other = await runningConsole(project);
  if (other) {
    io.err(`this project has a console already (process ${other.pid}); a new address of it:\n`);
    tell(other.address);
    return 0;
  }
  const open = await openConsole({
    ...{ project, env: io.env, port, files: readFsOptions(input, io) },
    rehearsals: () => rehearsalViews(io.env),
  });
  const forget = tellRunning(project, open);
  tell(open.address());
  io.err(`the console of ${project} runs until Ctrl-C; the address is good for one browser\n`);
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.once(name, () => resolve(name));
  });
  forget();
  await open.close();
  return signal === "SIGINT" ? 0 : 143;
}

function readPort(input: Input): number {
  const text = input.value("port") ?? "0";
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 65536) return port;
  throw new MayflyError(
    "usage",
    `cannot read --port "${text}": it takes a number up to 65535`,
    "for example --port 4800",
  );
}
