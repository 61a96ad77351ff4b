import { type Emr, openEmr } from "../../aws/emr.ts";
import { whoAmI } from "../../aws/identity.ts";
import { openSession, type Session, type SessionWish } from "../../aws/session.ts";
import type { Json } from "../../model/json.ts";
import { openStores, type Stores } from "../../storage/open.ts";
import { rootsOf } from "../../storage/places.ts";
import type { Places } from "../target.ts";

/** Where something of ours lies; it stands in every intent, so that it is looked for there and nowhere else. */
export interface Where {
  region: string;
  profile?: string;
  /** Of a look-alike. */
  endpoint?: string;
  /** Whose it was made as: a sign-on of tomorrow may have another name. */
  owner?: string;
}

export interface Account {
  aws: Session;
  emr: Emr;
  id: string;
  /** Who asks: in the tags of all that is made. */
  owner: string;
  where: Where & { [more: string]: Json };
  wish: SessionWish;
}

export const wishOf = (
  { region, profile }: { region?: string; profile?: string },
  env: NodeJS.ProcessEnv,
): SessionWish => ({ env, ...(region ? { region } : {}), ...(profile ? { profile } : {}) });

export async function enterAccount(
  wish: { region?: string; profile?: string; owner?: string },
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Account> {
  return enter(wishOf(wish, env), wish, signal);
}

/** Again where an intent says that it was. A rehearsal may answer at another port by now; AWS itself never does. */
export async function returnTo(
  where: Where,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Account> {
  const { region, profile, endpoint } = where;
  const own = endpoint === undefined ? withoutEndpoints(env) : env;
  const at = endpoint === undefined ? undefined : (env.AWS_ENDPOINT_URL ?? endpoint);
  const wish = {
    env: own,
    region,
    ...(profile ? { profile } : {}),
    ...(at ? { endpoint: at } : {}),
  };
  return enter(wish, where, signal);
}

const withoutEndpoints = (env: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("AWS_ENDPOINT_URL")));

async function enter(
  session: SessionWish,
  { profile, owner }: { profile?: string; owner?: string },
  signal: AbortSignal | undefined,
): Promise<Account> {
  const aws = await openSession(session);
  const { account, arn } = await whoAmI(aws);
  const endpoint = aws.endpoint("emr");
  return {
    aws,
    emr: openEmr(aws, signal),
    id: account,
    owner: owner ?? arn,
    where: {
      region: aws.region,
      owner: owner ?? arn,
      ...(profile ? { profile } : {}),
      ...(endpoint ? { endpoint } : {}),
    },
    wish: session,
  };
}

/** S3 of this account, beside what else the job's URIs name. */
export function storesOf({ wish }: Pick<Account, "wish">, places: Places, cwd: string): Stores {
  return openStores({ roots: rootsOf(places.state, places.mounts), cwd, liveS3: true, aws: wish });
}
