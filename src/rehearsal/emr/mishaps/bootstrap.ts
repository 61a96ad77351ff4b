import type { Faults } from "../../faults/faults.ts";
import type { Cluster } from "../cluster.ts";
import { masterOf } from "../view.ts";

/** What is said of a cluster whose machines cannot be set up: as mrjob and amzn/rheoceros quote it in their tests. */
export function bootstrapWith(faults: Faults, cluster: Cluster): string | undefined {
  const master = masterOf(cluster);
  const machines = cluster.groups.map(({ id, role }) => {
    const instances = cluster.instances.filter((one) => one.group === id);
    return { role, ids: instances.map(({ ec2Id }) => ec2Id) };
  });
  const failed =
    cluster.bootstrapActions.length === 0
      ? undefined
      : faults.next(
          "bootstrap-failure",
          machines.map(({ role, ids }) => ({ cluster: cluster.name, role, id: ids[0] ?? "" })),
        );
  if (failed) {
    const { role, id = master.ec2Id } = failed.about;
    const where = role === "MASTER" ? `the master instance (${id})` : `slave instance (${id})`;
    return `On ${where}, bootstrap action 1 returned a non-zero return code`;
  }
  return faults.next("provisioning-failure", { cluster: cluster.name })
    ? `On the master instance (${master.ec2Id}), application provisioning failed`
    : undefined;
}
