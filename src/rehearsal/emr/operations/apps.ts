import { randomBytes } from "node:crypto";
import { invalidRequest } from "../../protocol/errors.ts";
import { seconds } from "../../protocol/times.ts";
import { linkToPage } from "../apps/page.ts";
import { hasEnded } from "../cluster.ts";
import { newId } from "../ids.ts";
import { clusterArn } from "../view.ts";
import type { Emr } from "../world.ts";

/** User interfaces of applications: what there is behind their links is said in apps/page.ts. */
export function appOperations({ clusters, bucket, now, where }: Emr) {
  const ofUi = (id: string) => {
    const cluster = clusters.all().find(({ appUi }) => appUi?.id === id);
    if (cluster?.appUi) return { cluster, ui: cluster.appUi };
    throw invalidRequest(`Persistent application UI id '${id}' is not valid.`);
  };
  const answer = async (link: Promise<string | undefined> | undefined) => {
    const PresignedURL = await link;
    return { PresignedURLReady: PresignedURL !== undefined, ...(PresignedURL && { PresignedURL }) };
  };
  return {
    CreatePersistentAppUI({
      TargetResourceArn,
      Tags = [],
    }: {
      TargetResourceArn: string;
      Tags?: { Key: string; Value: string }[];
    }) {
      const cluster = clusters.all().find((one) => clusterArn(one) === TargetResourceArn);
      if (!cluster) throw invalidRequest(`Resource '${TargetResourceArn}' is not valid.`);
      cluster.appUi ??= { id: newId("p"), created: now(), tags: Tags };
      clusters.save(cluster);
      return { PersistentAppUIId: cluster.appUi.id, RuntimeRoleEnabledCluster: false };
    },
    DescribePersistentAppUI({ PersistentAppUIId }: { PersistentAppUIId: string }) {
      const { ui } = ofUi(PersistentAppUIId);
      return {
        PersistentAppUI: {
          PersistentAppUIId,
          PersistentAppUITypeList: ["SHS"],
          // The word that the EMR extension of SageMaker's notebooks waits for.
          PersistentAppUIStatus: "ATTACHED",
          AuthorId: where.account,
          CreationTime: seconds(ui.created),
          LastModifiedTime: seconds(ui.created),
          Tags: ui.tags,
        },
      };
    },
    GetPersistentAppUIPresignedURL(asked: {
      PersistentAppUIId: string;
      PersistentAppUIType?: string;
    }) {
      const { cluster } = ofUi(asked.PersistentAppUIId);
      const { PersistentAppUIType: type = "SHS" } = asked;
      return answer(type === "SHS" ? linkToPage(cluster, bucket) : undefined);
    },
    GetOnClusterAppUIPresignedURL(asked: { ClusterId: string; OnClusterAppUIType?: string }) {
      const cluster = clusters.get(asked.ClusterId);
      if (hasEnded(cluster))
        throw invalidRequest(`Cluster '${cluster.id}' is in ${cluster.state} state.`);
      const { OnClusterAppUIType: type = "SparkHistoryServer" } = asked;
      return answer(type === "SparkHistoryServer" ? linkToPage(cluster, bucket) : undefined);
    },
    /** Nothing in a rehearsal asks for them. */
    GetClusterSessionCredentials({ ClusterId }: { ClusterId: string }) {
      clusters.get(ClusterId);
      const [Username, Password] = [randomBytes(16), randomBytes(32)].map((bytes) =>
        bytes.toString("base64url"),
      );
      return {
        Credentials: { UsernamePassword: { Username, Password } },
        ExpiresAt: seconds(now()) + 3600,
      };
    },
  };
}
