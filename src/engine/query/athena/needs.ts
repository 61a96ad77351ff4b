import { openSession } from "../../../aws/session.ts";
import type { Money } from "../../../model/money/money.ts";
import { priceOf } from "./ask.ts";
import { type AthenaWish, databaseOf, USUAL_WORKGROUP } from "./place.ts";

/** What a query on Athena would use, from settings and prices that lie here: nobody is asked. */
export interface AthenaNeeds {
  region: string;
  profile?: string;
  /** What is meant where nothing is said. */
  database: string;
  workgroup: string;
  /** Of a terabyte that is read. */
  price: Money;
}

export async function athenaNeeds(
  project: string,
  wish: AthenaWish,
  env: NodeJS.ProcessEnv,
): Promise<AthenaNeeds> {
  const { region } = await openSession(wish.aws);
  const profile = wish.aws.profile ?? env.AWS_PROFILE;
  return {
    region,
    ...(profile ? { profile } : {}),
    ...{ database: databaseOf(project), workgroup: USUAL_WORKGROUP },
    price: await priceOf(region, env),
  };
}
