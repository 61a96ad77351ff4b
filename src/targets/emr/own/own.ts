import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { AwsRefusal } from "../../../aws/asking.ts";
import { EC2, openEc2 } from "../../../aws/ec2.ts";
import type { Emr } from "../../../aws/emr.ts";
import { iamService, openIam } from "../../../aws/iam.ts";
import { askQuery } from "../../../aws/query/ask.ts";
import type { Session } from "../../../aws/session.ts";
import { MayflyError } from "../../../base/errors.ts";
import type { Attempt, Intent } from "../../../model/run.ts";
import type { Closing, TargetContext } from "../../target.ts";
import { hasFeature } from "../shape/features.ts";
import type { Surroundings } from "../shape/request.ts";
import type { EmrSettings } from "../shape/settings.ts";
import { callerAddress } from "./address.ts";
import { makeGroups } from "./groups.ts";
import { fileThere, keyFile, makeKey } from "./key.ts";
import { ensureImdsv2, IMDSV2 } from "./metadata.ts";
import type { Maker } from "./names.ts";
import { findSubnets } from "./network.ts";
import { closeOwn } from "./remove.ts";
import { ensureRoles, refusedRoles } from "./roles.ts";

export interface Own {
  surroundings: Surroundings;
  /** RunJobFlow, asked again while EMR does not see roles that were made just now. */
  asks<T>(call: () => Promise<T>): Promise<T>;
  /** When the cluster is gone. */
  close(): Promise<Closing>;
}

export interface OwnWish {
  aws: Session;
  emr: Emr;
  settings: EmrSettings;
  release: string;
  owner: string;
}

export const clientsOf = (aws: Session) => ({
  ec2: openEc2(askQuery(aws, EC2)),
  iam: openIam(askQuery(aws, iamService(aws.region))),
});

/** What of the account a cluster needs, found or made. What was made is taken away again when not all of it can be had. */
export async function openOwn(wish: OwnWish, context: TargetContext): Promise<Own> {
  const { aws, emr, settings, release, owner } = wish;
  const { ec2, iam } = clientsOf(aws);
  const attempts: Attempt[] = [];
  const act: Maker["act"] = (intent: Intent, call, seen) => {
    const attempt: Attempt = { intent, done: false };
    attempts.push(attempt);
    return context.act(
      intent,
      async () => {
        const result = await call();
        attempt.done = true;
        return result;
      },
      seen,
    );
  };
  const maker: Maker = { run: context.run, owner, region: aws.region, act };
  const stays: string[] = [];
  let rolesMade = false;
  const close = async (): Promise<Closing> => {
    const { gone, remains } = await closeOwn({
      ec2,
      iam,
      run: context.run,
      attempts,
      act: context.act,
    });
    return { gone, remains: [...remains, ...stays] };
  };

  const surround = async (): Promise<Surroundings> => {
    const { key, groups } = settings;
    if (typeof key === "string") await requireKey(key);
    const file =
      typeof key === "object"
        ? keyFile(key, context.run, context.folder, dirname(context.places.state))
        : undefined;
    if (file !== undefined && existsSync(file)) throw fileThere(file);
    const roles = await ensureRoles(iam, settings, maker);
    rolesMade = roles.length > 0;
    if (rolesMade)
      stays.push(`the account's default roles, which were missing: ${roles.join(", ")}`);
    const its = settings.securityConfiguration;
    const imdsv2 = its === undefined && hasFeature(release, "IMDSv2 alone");
    if (imdsv2 && (await ensureImdsv2(emr, maker)))
      stays.push(`the security configuration ${IMDSV2}, one for all clusters, free`);
    const { subnets, made } = await findSubnets(ec2, settings, maker);
    if (made) stays.push(`the account's default VPC ${made}, which was missing; it costs nothing`);
    const [subnet] = subnets;
    if (groups === "emr")
      stays.push("EMR's own security groups (ElasticMapReduce-…), one set for all clusters");
    const given = typeof groups === "object" ? groups : undefined;
    const ours =
      groups === "own" && subnet ? await makeGroups(ec2, subnet, await sshFrom(), maker) : given;
    const keyName =
      typeof key === "object" && file !== undefined
        ? await makeKey(ec2, { format: key.format, file }, maker)
        : key;
    if (file !== undefined) context.emit({ code: "note", text: `the cluster's key is ${file}` });
    const configuration = its ?? (imdsv2 ? IMDSV2 : undefined);
    return {
      subnets: subnets.map(({ id }) => id),
      ...(ours ? { groups: ours } : {}),
      ...(typeof keyName === "string" ? { key: keyName } : {}),
      ...(configuration === undefined ? {} : { securityConfiguration: configuration }),
    };
  };

  /** Only who has a key can come in at all. */
  const sshFrom = async (): Promise<string | undefined> => {
    if (settings.key === undefined) return undefined;
    if (settings.sshFrom !== undefined) return settings.sshFrom;
    const address = await callerAddress(aws.endpoint("ec2"));
    if (address !== undefined) return `${address}/32`;
    const text = "this machine's address is not known, so port 22 stays closed; ssh_from says it";
    context.emit({ code: "note", text });
    return undefined;
  };

  const requireKey = async (name: string): Promise<void> => {
    const found = await ec2.keys({ "key-name": name }).catch((error: unknown) => {
      // Who may not look may use it all the same.
      if (error instanceof AwsRefusal && error.code === "permission") return undefined;
      throw error;
    });
    if (found === undefined || found.some((one) => one.name === name)) return;
    throw new MayflyError(
      "not-found",
      `cannot give the cluster the key pair "${name}": there is none of this name in ${aws.region}`,
      "key: { make: true } makes one for this cluster",
    );
  };

  try {
    const surroundings = await surround();
    return { surroundings, asks: (call) => refusedRoles(rolesMade, call), close };
  } catch (error) {
    await close().catch(() => {}); // the next command finds the rest
    throw error;
  }
}
