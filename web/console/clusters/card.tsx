import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { formatDuration } from "../../../src/base/format.ts";
import type { ClusterView } from "../../../src/console/api.ts";
import { briefMoney, formatCost } from "../../../src/model/money/money.ts";
import { to } from "../lib/route.ts";
import { Button, Confirm, Facts, Trouble, time } from "../parts/parts.tsx";
import { useWork } from "../parts/work.tsx";

/** A cluster in the list: what is to be known at once, and how it ends. */
export function Card({ cluster }: { cluster: ClusterView }) {
  const { record, now } = cluster;
  return (
    <section class="card" aria-label={`cluster ${record.name}`}>
      <div class="row">
        <h2 class="grow">
          <a data-row href={to(["clusters", record.name])}>
            {record.name}
          </a>{" "}
          <span class="quiet">{now?.state ?? "not known"}</span>
        </h2>
        <Close cluster={cluster} />
      </div>
      <Unknown cluster={cluster} />
      <Facts facts={clusterFacts(cluster)} />
    </section>
  );
}

export const Unknown = ({ cluster: { problem } }: { cluster: ClusterView }) =>
  problem ? (
    <Trouble
      problem={{
        code: "offline",
        message: problem,
        remedy: "It may still run and cost; look again, or in the console of its account.",
      }}
    />
  ) : null;

export function clusterFacts({ record, now, idle }: ClusterView): [string, ComponentChildren][] {
  const left = now?.endsAt === undefined ? undefined : now.endsAt - Date.now();
  const cost = now?.cost;
  const fact = (name: string, value: string | undefined): [string, ComponentChildren][] =>
    value ? [[name, value]] : [];
  return [
    ["Target", record.target],
    ["Id", record.id],
    ["Opened", time(now?.createdAt ?? record.createdAt)],
    [
      "Ends",
      left === undefined ? "not by itself" : left < 0 ? "now" : `in ${formatDuration(left)}`,
    ],
    ["Ends when idle for", idle ?? "as its target says"],
    ["An hour", cost ? briefMoney(cost.perHour) : "unknown"],
    ["So far", cost ? formatCost(cost) : "unknown"],
    ...fact("Release", now?.release),
    ...fact("Held by", now?.heldBy),
    ...fact("Protected", now?.protected ? "from termination" : undefined),
  ];
}

export function Close({ cluster: { record, now } }: { cluster: ClusterView }) {
  const { name } = record;
  const [asking, ask] = useState(false);
  const doing = useWork(`down ${name}`);
  return (
    <>
      <Button kind="danger" disabled={doing.busy} onClick={() => ask(true)}>
        Close
      </Button>
      {doing.problem && <Trouble problem={doing.problem} />}
      {asking && (
        <Confirm
          title={`Close ${name}`}
          close={() => ask(false)}
          does={() =>
            doing.begin(`api/clusters/${encodeURIComponent(name)}/down`, {
              unprotect: now?.protected === true,
            })
          }
        >
          <p>
            The cluster ends, and what was made for it goes. Data in its HDFS is lost; what lies on
            S3 stays.
            {now?.protected ? " Its protection from termination is taken away first." : ""}
            {now?.heldBy ? ` The run ${now.heldBy} is on it and ends too.` : ""}
          </p>
        </Confirm>
      )}
    </>
  );
}
