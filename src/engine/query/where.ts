import { MayflyError } from "../../base/errors.ts";
import { didYouMean } from "../../base/nearest.ts";
import type { AthenaWish } from "./athena/place.ts";
import { type Known, openProjectQuery, type Query, type QueryOptions } from "./open.ts";

const PLACES = ["here", "spark", "athena"] as const;

/** Where statements run: in DuckDB here, on a driver of Spark, in Athena. */
export type Where = (typeof PLACES)[number];

export function readWhere(word: string): Where {
  const found = PLACES.find((one) => one === word);
  if (found) return found;
  throw new MayflyError(
    "usage",
    `cannot run SQL on "${word}"`,
    didYouMean(word, PLACES) ?? `one of ${PLACES.join(", ")}`,
  );
}

export interface WhereOptions extends Omit<QueryOptions, "on"> {
  /** Whose Athena, and which tables of it. */
  athena: AthenaWish;
}

export async function openQueryOn(
  where: Where,
  project: string,
  env: NodeJS.ProcessEnv,
  { athena, ...options }: WhereOptions,
): Promise<Query> {
  if (where === "athena") {
    if (options.run !== undefined)
      throw new MayflyError(
        "usage",
        "cannot use --run on Athena: its tables are those that were made",
        "mayfly athena tables makes them",
      );
    const { openPlace } = await import("./athena/place.ts");
    const { openAthenaQuery } = await import("./athena/ask.ts");
    return openAthenaQuery(await openPlace(project, athena), env);
  }
  return openProjectQuery(project, env, {
    ...options,
    ...(where === "spark" ? { on: where } : {}),
  });
}

/** What Glue's catalog has for Athena; what is wrong with asking it is told, and no table then. */
export async function athenaTables(project: string, wish: AthenaWish): Promise<Known[]> {
  const { openPlace } = await import("./athena/place.ts");
  const { knownTables } = await import("./athena/ask.ts");
  const place = await openPlace(project, wish);
  try {
    return (await place.glue.database(place.database)) ? await knownTables(place) : [];
  } finally {
    await place.stores.close();
  }
}
