import type { EmrCluster } from "../../../aws/emr.ts";
import { OWNER_TAG, RUN_TAG } from "../shape/request.ts";

/** What stands in the tags of all that Mayfly makes: who looks for it needs nothing else. */
export const TAGS = {
  run: RUN_TAG,
  owner: OWNER_TAG,
  /** The name of a cluster that was opened to stay. */
  cluster: "mayfly:cluster",
  /** Seconds from its primary's start to its end. */
  ttl: "mayfly:ttl",
  /** Whose it is just now, and until when. */
  lock: "mayfly:lock",
  /** What it was made from: two that agree can stand for each other. */
  config: "mayfly:config",
} as const;

export function tagsOf({ Tags = [] }: Pick<EmrCluster, "Tags">): Map<string, string> {
  return new Map(Tags.map(({ Key, Value }) => [Key, Value]));
}

export const tagList = (tags: Record<string, string | undefined>) =>
  Object.entries(tags).flatMap(([Key, Value]) => (Value === undefined ? [] : [{ Key, Value }]));
