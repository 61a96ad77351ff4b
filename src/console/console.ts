import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { MayflyError } from "../base/errors.ts";
import type { FsOptions } from "../engine/fs/stores.ts";
import { openRunIndex } from "../engine/runs/look/index.ts";
import { webFolder } from "../engine/web.ts";
import type { RehearsalView } from "./api.ts";
import { makeApp } from "./app.ts";
import type { ConsoleContext } from "./context.ts";
import { makeDesk } from "./live/desk.ts";
import { makeWorks } from "./live/works.ts";
import { type Keys, makeKeys } from "./safety/keys.ts";

export interface ConsoleWish {
  project: string;
  env: NodeJS.ProcessEnv;
  /** 0 for one that is free. */
  port: number;
  files: FsOptions;
  /** What the command line knows of rehearsals. */
  rehearsals(): Promise<RehearsalView[]>;
}

export interface Console {
  port: number;
  keys: Keys;
  /** Another address each time: each is good for one browser. */
  address(): string;
  close(): Promise<void>;
}

/** Serves a project's console on loopback, until it is closed; what was begun in it ends with it. */
export async function openConsole(wish: ConsoleWish): Promise<Console> {
  const { project, env, files, rehearsals } = wish;
  const keys = makeKeys();
  const abort = new AbortController();
  const index = openRunIndex(project);
  const sql = makeDesk(project, env, files);
  let port = 0;
  const context: ConsoleContext = {
    ...{ project, env, keys, index, files, sql, rehearsals },
    port: () => port,
    works: makeWorks(abort.signal),
    began: new Set(),
    pages: join(await webFolder(), "console"),
    signal: abort.signal,
  };
  const { fetch } = makeApp(context);
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false }) as Server;
  port = await listen(server, wish.port);
  return {
    port,
    keys,
    address: () => addressOf(port, keys.token()),
    async close() {
      abort.abort("SIGINT");
      sql.close();
      for (const run of context.began) run.cancel();
      await Promise.all([...[...context.began].map((run) => run.ended), context.works.settled()]);
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** What stands behind the # is sent to no server and stands in no log. */
export const addressOf = (port: number, token: string) =>
  `http://127.0.0.1:${port}/#token=${token}`;

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new MayflyError(
              "busy",
              `cannot open the console on port ${port}: another program has it`,
              "take another one with --port, or leave it out for one that is free",
            )
          : error,
      ),
    );
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
