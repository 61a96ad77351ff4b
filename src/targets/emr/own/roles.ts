import { AwsRefusal } from "../../../aws/asking.ts";
import type { Iam } from "../../../aws/iam.ts";
import { type Clock, systemClock } from "../../../base/clock.ts";
import type { Attempt } from "../../../model/run.ts";
import { DEFAULT_ROLES, type EmrSettings } from "../shape/settings.ts";
import type { Maker } from "./names.ts";
import { soon } from "./soon.ts";

/** As aws-cli's `emr create-default-roles` makes them (awscli/customizations/emr/createdefaultroles.py, constants.py). */
const MADE: Record<string, { service: string; policy: string }> = {
  [DEFAULT_ROLES.service]: {
    service: "elasticmapreduce.amazonaws.com",
    policy: "AmazonElasticMapReduceRole",
  },
  [DEFAULT_ROLES.instance]: {
    service: "ec2.amazonaws.com",
    policy: "AmazonElasticMapReduceforEC2Role",
  },
  [DEFAULT_ROLES.autoscaling]: {
    service: "application-autoscaling.amazonaws.com",
    policy: "AmazonElasticMapReduceforAutoScalingRole",
  },
};

/** IAM shows everywhere within seconds what was made; EMR may need longer, which `refusedRoles` waits for. */
const SEEN_MS = 30_000;

/** The default roles that the cluster is given and the account lacks: made, and never removed. What was made is named. */
export async function ensureRoles(
  iam: Iam,
  { roles }: Pick<EmrSettings, "roles">,
  { act, region }: Pick<Maker, "act" | "region">,
  clock: Clock = systemClock,
): Promise<string[]> {
  const named = [roles.service, roles.instance, ...(roles.autoscaling ? [roles.autoscaling] : [])];
  const made: string[] = [];
  try {
    for (const role of named) {
      const how = Object.hasOwn(MADE, role) ? MADE[role] : undefined;
      if (!how || (await iam.hasRole(role))) continue;
      await act({ do: "make-role", id: `role-${role}`, role, region }, async () => {
        await iam.createRole({ name: role, service: how.service });
        await iam.attachPolicy(role, policyArn(how.policy, region));
      });
      made.push(role);
      await soon(async () => ((await iam.hasRole(role)) ? true : undefined), SEEN_MS, clock);
    }
    const profile = roles.instance;
    if (profile === DEFAULT_ROLES.instance && !(await iam.profile(profile))?.includes(profile)) {
      const intent = { do: "make-profile", id: `profile-${profile}`, profile, region };
      await act(intent, () => iam.createProfile(profile, profile));
      made.push(`instance profile ${profile}`);
      const look = async () => ((await iam.profile(profile))?.includes(profile) ? true : undefined);
      await soon(look, SEEN_MS, clock);
    }
  } catch (error) {
    // Who may not look at roles may use them all the same: EMR tells when there are none.
    if (!(error instanceof AwsRefusal && error.code === "permission" && made.length === 0))
      throw error;
  }
  return made;
}

/** A default role that a process had made when it was killed, and not given its policy: it would be of no use to anybody. */
export async function completeRoles(
  iam: Iam,
  attempts: Attempt[],
  act: Maker["act"],
): Promise<void> {
  for (const { intent, done } of attempts) {
    const { role, region } = intent;
    if (intent.do !== "make-role" || done || typeof role !== "string") continue;
    const how = MADE[role];
    if (!how || !(await iam.hasRole(role))) continue;
    await act({ do: "attach-policy", id: `policy-${role}`, role }, () =>
      iam.attachPolicy(role, policyArn(how.policy, String(region))),
    );
  }
}

function policyArn(name: string, region: string): string {
  const partition = region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return `arn:${partition}:iam::aws:policy/service-role/${name}`;
}

const EMR_SEES_MS = 60_000;

/** What EMR says of roles that it does not see yet; such a refusal has made no cluster. */
const UNSEEN =
  /Invalid InstanceProfile|InstanceProfile .* not|Service role .* (?:insufficient|not)|ServiceRole|assume role/i;

/** Asks again where EMR refuses roles that were made a moment ago. */
export async function refusedRoles<T>(
  made: boolean,
  call: () => Promise<T>,
  clock: Clock = systemClock,
): Promise<T> {
  const until = clock.now() + EMR_SEES_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const early = made && error instanceof AwsRefusal && UNSEEN.test(error.message);
      if (!early || clock.now() >= until) throw error;
      await clock.sleep(3000);
    }
  }
}
