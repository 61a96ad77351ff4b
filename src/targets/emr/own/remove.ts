import { AwsRefusal } from "../../../aws/asking.ts";
import type { Ec2, Filters, SecurityGroup } from "../../../aws/ec2.ts";
import type { Iam } from "../../../aws/iam.ts";
import { type Clock, systemClock } from "../../../base/clock.ts";
import type { Attempt } from "../../../model/run.ts";
import type { Closing } from "../../target.ts";
import { OWNER_TAG, RUN_TAG } from "../shape/request.ts";
import { removeKeyFiles } from "./key.ts";
import type { Maker } from "./names.ts";
import { completeRoles } from "./roles.ts";
import { soon } from "./soon.ts";

/** A security group or a key pair that carries our tags. */
export interface OwnThing {
  kind: "group" | "key";
  id: string;
  name: string;
  run: string;
  owner: string;
  /** A security group does not tell; its run's id does. */
  createdAt?: number;
}

/** All of an owner, or of one of its runs. */
export async function findOwn(ec2: Ec2, of: { owner?: string; run?: string }): Promise<OwnThing[]> {
  const wanted: Filters = {
    ...(of.run === undefined ? { "tag-key": RUN_TAG } : { [`tag:${RUN_TAG}`]: of.run }),
    ...(of.owner === undefined ? {} : { [`tag:${OWNER_TAG}`]: of.owner }),
  };
  const groups = await ec2.groups(wanted);
  const keys = await ec2.keys(wanted);
  const found = [
    ...groups.map((one) => ({ kind: "group" as const, ...one })),
    ...keys.map((one) => ({ kind: "key" as const, id: one.name, ...one })),
  ];
  return (
    found
      .map(({ tags, ...one }) => ({
        ...one,
        run: tags[RUN_TAG] ?? "",
        owner: tags[OWNER_TAG] ?? "",
      }))
      // Filters know wildcards: what counts is looked at here.
      .filter(({ run }) => run !== "" && (of.run === undefined || run === of.run))
      .filter(({ owner }) => of.owner === undefined || owner === of.owner)
  );
}

const TRIES = 10;
const LONGEST_MS = 30_000;

/**
 * Takes away the groups and key pairs of a run whose cluster is gone. EMR has written rules into the groups by which each holds the
 * other, and network interfaces go a while after their machines: rules are revoked both ways, and what EC2 still sees in use is tried
 * again, ever later. Tags are looked at right before each try.
 */
export async function removeOwn(
  ec2: Ec2,
  of: { run: string; owner?: string },
  act: Maker["act"],
  clock: Clock = systemClock,
  tries = TRIES,
): Promise<Closing> {
  const found = await findOwn(ec2, of);
  if (found.length === 0) return { gone: [], remains: [] };
  for (const { name } of found.filter(({ kind }) => kind === "key"))
    await act({ do: "remove-key", id: "key-gone", name }, () => ec2.deleteKey(name));
  const used = found.some(({ kind }) => kind === "group")
    ? await act({ do: "remove-groups", id: "groups-gone" }, () =>
        removeGroups(ec2, of, tries, clock),
      )
    : [];
  // EC2 says of what was made just now that it is not there: what it shows is what counts.
  const shown = await findOwn(ec2, of);
  const stays = new Set([...used, ...shown].map(({ id }) => id));
  const gone = found
    .filter(({ id }) => !stays.has(id))
    .map(({ kind, name }) => (kind === "key" ? `key pair ${name}` : `security group ${name}`));
  const remains = [
    ...used.map(
      ({ id, name }) =>
        `security group ${id} (${name}), which something still uses; it costs nothing`,
    ),
    ...shown
      .filter(({ kind }) => kind === "key")
      .map(({ name }) => `key pair ${name}, which EC2 still shows; it costs nothing`),
  ];
  return { gone, remains };
}

const isGroup = ({ kind }: OwnThing) => kind === "group";

async function removeGroups(
  ec2: Ec2,
  of: { run: string; owner?: string },
  tries: number,
  clock: Clock,
): Promise<Pick<SecurityGroup, "id" | "name">[]> {
  for (let tried = 1; ; tried++) {
    const ours = (await findOwn(ec2, of)).filter(isGroup);
    for (const { id } of ours) await ec2.revoke(id, await ec2.rules(id));
    const used: typeof ours = [];
    for (const one of ours)
      await ec2.deleteGroup(one.id).catch((error: unknown) => {
        if (!(error instanceof AwsRefusal && error.said === "DependencyViolation")) throw error;
        used.push(one);
      });
    const left = used.length > 0 ? used : (await findOwn(ec2, of)).filter(isGroup);
    if (left.length === 0 || tried >= tries) return left;
    await clock.sleep(Math.min(LONGEST_MS, 500 * 2 ** tried));
  }
}

export interface OwnClosing {
  gone: string[];
  /** What was to go, and is still there. */
  left: string[];
  /** What was made for all clusters, and is never removed. */
  stays: string[];
  /** Names of what may be there, and did not show. */
  unsure: string[];
}

export interface LeftOwn {
  ec2: Ec2;
  iam: Iam;
  run: string;
  /** Whose they have to be. */
  owner?: string;
  attempts: Attempt[];
  act: Maker["act"];
  /** Once only: who has left it is not waited for. */
  brief?: boolean;
}

const UNSURE_MS = 5000;
/** What was made so long ago EC2 shows, if it was made. */
const SURE_MS = 5 * 60_000;

/** What a run's journal says may be there is taken away; called when its cluster is gone. */
export async function closeOwn(
  { ec2, iam, run, owner, attempts, act, brief = false }: LeftOwn,
  clock: Clock = systemClock,
): Promise<OwnClosing> {
  await completeRoles(iam, attempts, act);
  const made = attempts.filter(({ intent }) =>
    /^make-(?:security-group|key-pair)$/.test(intent.do),
  );
  const stays = staysOf(attempts);
  if (made.length === 0)
    return { gone: await removeKeyFiles(attempts, act), left: [], stays, unsure: [] };
  // Of what nobody knows whether it was made: it may not be seen at once.
  const of = { run, ...(owner === undefined ? {} : { owner }) };
  const lost = made.filter(({ done, at }) => !done && clock.now() - at < SURE_MS);
  const unsure = lost.map(({ intent }) => String(intent.name));
  const look = async () => {
    const names = (await findOwn(ec2, of)).map(({ name }) => name);
    return unsure.every((name) => names.includes(name)) ? true : undefined;
  };
  if (unsure.length > 0) await soon(look, brief ? 0 : UNSURE_MS, clock);
  const { gone, remains } = await removeOwn(ec2, of, act, clock, brief ? 1 : TRIES);
  return {
    gone: [...gone, ...(await removeKeyFiles(attempts, act))],
    left: remains,
    stays,
    // What did not show, and was not seen to go.
    unsure: unsure.filter((name) => !gone.some((one) => one.endsWith(` ${name}`))),
  };
}

/** What was made for all clusters of the account, is never removed, and costs nothing. */
function staysOf(attempts: Attempt[]): string[] {
  const said = attempts.flatMap(({ intent, done }) => {
    if (!done) return [];
    if (intent.do === "make-role" || intent.do === "make-profile")
      return [`the default role ${intent.role ?? intent.profile}, which the account lacked`];
    if (intent.do === "make-vpc") return ["a default VPC, which the account lacked"];
    if (intent.do === "make-security-configuration")
      return [`the security configuration ${intent.name}, one for all clusters`];
    return [];
  });
  return [...new Set(said)];
}
