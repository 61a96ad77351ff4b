import { AwsRefusal } from "../../../aws/asking.ts";
import type { Emr } from "../../../aws/emr.ts";
import { MayflyError } from "../../../base/errors.ts";
import type { Maker } from "./names.ts";

/**
 * EMR's guide, "Use a security configuration to enforce IMDSv2": there is no other way to say it of a cluster. A security configuration
 * has no tags, so it can never be known for ours and removed: there is one for all clusters, free, with this name and content for ever.
 */
export const IMDSV2 = "mayfly-imdsv2";
const CONTENT = {
  InstanceMetadataServiceConfiguration: {
    MinimumInstanceMetadataServiceVersion: 2,
    HttpPutResponseHopLimit: 1,
  },
};

/** True when it was made now. */
export async function ensureImdsv2(emr: Emr, { act, region }: Pick<Maker, "act" | "region">) {
  try {
    if (await emr.hasSecurityConfiguration(IMDSV2)) return false;
    await act({ do: "make-security-configuration", id: "imdsv2", name: IMDSV2, region }, () =>
      emr.createSecurityConfiguration(IMDSV2, CONTENT).catch(async (error: unknown) => {
        // Another run was faster.
        if (!(await emr.hasSecurityConfiguration(IMDSV2))) throw error;
      }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof AwsRefusal && error.code === "permission")) throw error;
    throw new MayflyError(
      "permission",
      `cannot make the security configuration ${IMDSV2}, by which a cluster takes IMDSv2 alone: ${error.message}`,
      "security_configuration: NAME in mayfly.yaml takes one of the account's",
    );
  }
}
