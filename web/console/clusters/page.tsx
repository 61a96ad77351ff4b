import { route } from "../lib/route.ts";
import { ClustersList } from "./clusters.tsx";
import { ClusterDetail } from "./detail.tsx";
import { Left } from "./left.tsx";
import { Open } from "./open.tsx";

export function ClustersPage({ name }: { name?: string | undefined }) {
  const { do: what } = route.value.values;
  if (name !== undefined) return <ClusterDetail name={name} key={name} />;
  if (what === "open") return <Open />;
  if (what === "left") return <Left />;
  return <ClustersList />;
}
