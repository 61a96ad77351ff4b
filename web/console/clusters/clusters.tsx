import { useEffect } from "preact/hooks";
import type { ClusterView, Ended } from "../../../src/console/api.ts";
import { clustersChanged, listen, works } from "../lib/events.ts";
import { useLoad } from "../lib/load.ts";
import { to } from "../lib/route.ts";
import { Busy, Button, Empty, Trouble } from "../parts/parts.tsx";
import { Outcome, Progress, useWork } from "../parts/work.tsx";
import { Card } from "./card.tsx";

/** How often what AWS says is asked for again, for who looks: asking costs requests of the account. */
const AGAIN_MS = 15_000;

/** Asks again now and then, and whenever this machine knows other clusters than before. */
export function useClusters(reload: () => void) {
  useEffect(() => {
    listen({});
    const timer = setInterval(() => document.hidden || reload(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [reload]);
  useEffect(() => {
    if (clustersChanged.value > 0) reload();
  }, [clustersChanged.value, reload]);
}

export function ClustersList() {
  const { data, problem, busy, reload } = useLoad<ClusterView[]>("api/clusters");
  useClusters(reload);
  const account = useWork("account", reload);
  const known = data?.map(({ record }) => record.name) ?? [];
  return (
    <>
      <div class="row">
        <h1 class="grow">Clusters</h1>
        <a class="button" href={to(["clusters"], { do: "open" })}>
          Open one
        </a>
        <a class="button" href={to(["clusters"], { do: "left" })}>
          What was left
        </a>
        <Button disabled={account.busy} onClick={() => account.begin("api/clusters/look")}>
          Look in the account
        </Button>
        <Button disabled={busy} onClick={reload}>
          Look again
        </Button>
      </div>
      {problem && <Trouble problem={problem} again={reload} />}
      <Progress doing={account} goes="Asking AWS for clusters that other machines have opened.">
        <p>The account was asked; what it has of yours is in the list.</p>
      </Progress>
      {!data && busy && <Busy what="Asking for the clusters" />}
      {works.value.map(({ key }) => {
        const [, verb, name = ""] = /^(up|down) (.*)$/.exec(key) ?? [];
        if (verb === "up" && !known.includes(name)) return <Opening key={key} name={name} />;
        return verb === "down" ? <Closing key={key} name={name} reload={reload} /> : null;
      })}
      {data?.length === 0 && (
        <Empty title="No cluster is open.">
          <p>
            <a href={to(["clusters"], { do: "open" })}>Open one that stays</a>, as{" "}
            <code>mayfly up</code> does; looking in the account finds those that other machines of
            yours have opened.
          </p>
        </Empty>
      )}
      {data?.map((one) => (
        <Card key={one.record.name} cluster={one} />
      ))}
    </>
  );
}

export function Opening({ name }: { name: string }) {
  return (
    <Progress doing={useWork(`up ${name}`)} goes={`${name} is being opened; it takes minutes.`} />
  );
}

export function Closing({ name, reload }: { name: string; reload?(): void }) {
  const doing = useWork(`down ${name}`, reload);
  return (
    <Progress doing={doing} goes={`${name} is being closed; it takes minutes.`}>
      <p class="what">{name} was closed.</p>
      {doing.work?.found !== undefined && <Outcome ended={doing.work.found as Ended} />}
    </Progress>
  );
}
