import { MayflyError } from "../../../base/errors.ts";
import type { ClusterInfo, ClusterRecord, Ours } from "../../../model/cluster.ts";
import type { Money } from "../../../model/money/money.ts";
import type { AskContext, ClusterKeeper } from "../../clusters.ts";
import { type Account, enterAccount, returnTo, storesOf } from "../account.ts";
import type { Put } from "../jobs/stage.ts";
import { hasEnded, lookAt } from "../life/cluster.ts";
import { endOurs } from "../life/end.ts";
import { type Found, findClusters, seen } from "../life/find.ts";
import { keepIntent, placed, whereOf } from "../life/intents.ts";
import { openBucket, openCluster } from "../life/open.ts";
import { TAGS } from "../life/tags.ts";
import { withinBudget } from "../money/budget.ts";
import { clientsOf } from "../own/own.ts";
import { findOwn } from "../own/remove.ts";
import { costOf } from "../plan/actual.ts";
import { type EmrEntry, releaseOf, settingsOf } from "../shape/settings.ts";
import { lockedBy } from "./lock.ts";
import { resizeCluster } from "./resize.ts";
import { configOf } from "./take.ts";

/** EMR's clusters that stay. */
export function clusterKeeper(target: string, entry: EmrEntry): ClusterKeeper {
  const asked = settingsOf(entry);
  return {
    async up(name, context) {
      const release = releaseOf(undefined, asked);
      const { settings, note } = await withinBudget(asked, release, context.env);
      if (note) context.emit({ code: "note", text: note });
      const account = await enterAccount(settings, context.env);
      const taken = (await findClusters(account)).find(
        ({ tags, cluster }) =>
          tags.get(TAGS.cluster) === name &&
          tags.get(TAGS.owner) === account.owner &&
          cluster.Status.State !== "TERMINATING",
      );
      if (taken)
        throw new MayflyError(
          "refused",
          `cannot open "${name}": the cluster ${taken.id} has this name already`,
          `run on it: mayfly run JOB --on ${name}; end it: mayfly down ${name}`,
        );
      const stores = storesOf(account, context.places, context.folder);
      const tags = { [TAGS.cluster]: name, [TAGS.config]: configOf(settings, release) };
      const put: Put = (uri, work) =>
        context.act(placed({ do: "put", id: uri, uri }, account.where), work);
      const open = async () => {
        const { bucket } = await openBucket(account, settings, stores, context);
        const place = { account, bucket, stores, settings, put };
        return openCluster(place, { label: name, release, tags }, context);
      };
      const id = await open().finally(() => stores.close());
      const record = recordOf(target, entry, account, name, id, context.run);
      await context.act(placed(keepIntent(record), account.where), () => undefined);
      return record;
    },

    async look(record, context) {
      const account = await accountOf(record, context);
      const found = await lookAt(account.emr, record.id);
      if (!found) return undefined;
      const { region } = account.where;
      const cost = context.cost
        ? await costOf(account.emr, record.id, region, context.env)
        : undefined;
      return { ...infoOf(seen(found)), ...(cost ? { cost } : {}) };
    },

    async resize(record, workers, context) {
      await resizeCluster(await accountOf(record, context), record, workers, context);
    },

    async setTtl(record, seconds, context) {
      const { emr, where } = await accountOf(record, context);
      await context.act(
        placed({ do: "set-ttl", id: `ttl-${record.id}`, cluster: record.id, seconds }, where),
        () => emr.tag(record.id, { [TAGS.ttl]: String(seconds) }),
      );
    },

    async find({ env, signal, cost }) {
      const account = await enterAccount(asked, env, signal);
      const found = await findClusters(account);
      const hourly = cost ? await hourlyOf(found, account, env) : undefined;
      return {
        owner: account.owner,
        ours: [
          ...found.map((one) => oursOf(one, account, hourly)),
          ...(await surroundingsOf(account)),
        ],
        clusters: found.flatMap((one) => {
          const name = one.tags.get(TAGS.cluster);
          const run = one.tags.get(TAGS.run) ?? "";
          return name === undefined ? [] : [recordOf(target, entry, account, name, one.id, run)];
        }),
      };
    },

    async down(record, context) {
      const account = await accountOf(record, context);
      const { run } = record;
      const clusters = (await findClusters(account)).map((one) => oursOf(one, account));
      const ours = [...clusters, ...(await surroundingsOf(account, run))];
      const its = ours.filter((one) => one.run === run);
      const closing = await endOurs(account, its, context);
      const found = await lookAt(account.emr, record.id);
      const gone = `cluster ${record.id}`;
      if (closing.gone.includes(gone) || !found || !hasEnded(found.Status.State)) return closing;
      return { ...closing, gone: [`${gone}, which had ended`, ...closing.gone] };
    },

    async end(ours, context) {
      return endOurs(await enterAccount(asked, context.env), ours, context);
    },
  };
}

function accountOf({ where, name }: ClusterRecord, { env, signal }: AskContext): Promise<Account> {
  const at = whereOf({ where });
  if (at) return returnTo(at, env, signal);
  throw new MayflyError("damaged", `cannot tell where the cluster "${name}" is`);
}

function recordOf(
  target: string,
  entry: EmrEntry,
  { where }: Account,
  name: string,
  id: string,
  run: string,
): ClusterRecord {
  const createdAt = Date.now();
  return { version: 1, name, kind: "emr", target, id, run, where, entry, createdAt };
}

const STATES: Record<string, ClusterInfo["state"]> = {
  WAITING: "idle",
  RUNNING: "busy",
  TERMINATING: "ending",
};

function infoOf({ id, cluster, tags, createdAt, endsAt }: Found): ClusterInfo {
  const { State, Timeline } = cluster.Status;
  const name = tags.get(TAGS.cluster);
  const heldBy = lockedBy(cluster, Date.now());
  return {
    id,
    ...(name ? { name } : {}),
    run: tags.get(TAGS.run) ?? "",
    owner: tags.get(TAGS.owner) ?? "",
    state: hasEnded(State) ? "ended" : (STATES[State] ?? "starting"),
    createdAt,
    ...(Timeline?.EndDateTime ? { endedAt: Timeline.EndDateTime * 1000 } : {}),
    ...(endsAt ? { endsAt } : {}),
    ...(cluster.ReleaseLabel ? { release: cluster.ReleaseLabel } : {}),
    protected: cluster.TerminationProtected === true,
    ...(heldBy ? { heldBy } : {}),
    ...(cluster.MasterPublicDnsName ? { primary: cluster.MasterPublicDnsName } : {}),
    tags: Object.fromEntries(tags),
  };
}

/** Security groups and key pairs that carry our tags. */
async function surroundingsOf({ aws, where }: Account, run?: string): Promise<Ours[]> {
  const found = await findOwn(clientsOf(aws).ec2, run === undefined ? {} : { run });
  return found.map(({ kind, id, run: its, owner, createdAt }) => ({
    what: kind === "group" ? "security group" : "key pair",
    ...{ id, run: its, owner, region: where.region },
    ...(createdAt === undefined ? {} : { createdAt }),
  }));
}

/** What each costs an hour. */
async function hourlyOf(found: Found[], { emr, where }: Account, env: NodeJS.ProcessEnv) {
  const hourly = new Map<string, Money>();
  for (const { id } of found) {
    const cost = await costOf(emr, id, where.region, env);
    if (cost) hourly.set(id, cost.perHour);
  }
  return hourly;
}

function oursOf(
  { id, cluster, tags, createdAt, endsAt }: Found,
  { where }: Account,
  hourly?: Map<string, Money>,
) {
  const name = tags.get(TAGS.cluster);
  const perHour = hourly?.get(id);
  const heldBy = lockedBy(cluster, Date.now());
  return {
    what: "cluster" as const,
    id,
    run: tags.get(TAGS.run) ?? "",
    owner: tags.get(TAGS.owner) ?? "",
    region: where.region,
    createdAt,
    ...(name ? { name } : {}),
    ...(endsAt ? { endsAt } : {}),
    ...(heldBy ? { heldBy } : {}),
    ...(cluster.TerminationProtected ? { protected: true } : {}),
    ...(perHour ? { perHour } : {}),
  };
}
