import { MayflyError } from "../../base/errors.ts";
import { didYouMean } from "../../base/nearest.ts";
import { projectFolder } from "../../engine/project.ts";
import { openProjectQuery, type Query } from "../../engine/query/open.ts";
import type { Input, Io } from "../command.ts";
import { readFsOptions } from "../fs/options.ts";

const PLACES = ["here", "spark", "athena"];

/** Where statements run: in DuckDB here, on a driver of Spark, in Athena. */
export async function openWhere(input: Input, io: Io): Promise<Query> {
  const on: string = input.value("on") ?? "here";
  const run = input.value("run");
  if (!PLACES.includes(on))
    throw new MayflyError(
      "usage",
      `cannot run SQL on "${on}"`,
      didYouMean(on, PLACES) ?? `one of ${PLACES.join(", ")}`,
    );
  if (on === "athena") {
    if (run !== undefined)
      throw new MayflyError(
        "usage",
        "cannot use --run on Athena: its tables are those that were made",
        "mayfly athena tables makes them",
      );
    const { openAthenaPlace } = await import("./athena.ts");
    const { openAthenaQuery } = await import("../../engine/query/athena/ask.ts");
    return openAthenaQuery(await openAthenaPlace(input, io), io.env);
  }
  const { cwd, ...stores } = readFsOptions(input, io);
  const say = (text: string) => io.err(`${text}\n`);
  const options = {
    ...{ cwd, stores, say },
    ...(run === undefined ? {} : { run }),
    ...(on === "spark" ? ({ on } as const) : {}),
  };
  return openProjectQuery(projectFolder(io.cwd), io.env, options);
}
