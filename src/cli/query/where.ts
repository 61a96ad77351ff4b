import { projectFolder } from "../../engine/project.ts";
import type { Query } from "../../engine/query/open.ts";
import { openQueryOn, readWhere } from "../../engine/query/where.ts";
import type { Input, Io } from "../command.ts";
import { readFsOptions } from "../fs/options.ts";
import { readAthena } from "./athena.ts";

export async function openWhere(input: Input, io: Io): Promise<Query> {
  const where = readWhere(input.value("on") ?? "here");
  const run = input.value("run");
  const { cwd, ...stores } = readFsOptions(input, io);
  return openQueryOn(where, projectFolder(io.cwd), io.env, {
    ...{ cwd, stores, athena: readAthena(input, io) },
    say: (text) => io.err(`${text}\n`),
    ...(run === undefined ? {} : { run }),
  });
}
