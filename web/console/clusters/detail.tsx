import { useState } from "preact/hooks";
import { formatDuration, plural } from "../../../src/base/format.ts";
import type { ClusterDetailView } from "../../../src/console/api.ts";
import { briefMoney } from "../../../src/model/money/money.ts";
import { useLoad } from "../lib/load.ts";
import { to } from "../lib/route.ts";
import { Busy, Button, Confirm, Facts, Scroll, Trouble, time } from "../parts/parts.tsx";
import { Progress, useWork } from "../parts/work.tsx";
import { Close, clusterFacts, Unknown } from "./card.tsx";
import { Closing, Opening, useClusters } from "./clusters.tsx";

/** One cluster: all that is known of it, and all that can be done with it. */
export function ClusterDetail({ name }: { name: string }) {
  const path = `api/clusters/${encodeURIComponent(name)}`;
  const { data, problem, busy, reload } = useLoad<ClusterDetailView>(path);
  useClusters(reload);
  // Another end, another size, another state: it looks again.
  useWork(`extend ${name}`, reload);
  useWork(`resize ${name}`, reload);
  const open = data && !problem;
  return (
    <>
      <p class="crumbs">
        <a href="#/clusters">Clusters</a> › <span class="mono">{name}</span>
      </p>
      <div class="row">
        <h1 class="grow">
          {name} {open && <span class="quiet">{data.now?.state ?? "not known"}</span>}
        </h1>
        {open && <Close cluster={data} />}
        <Button disabled={busy} onClick={reload}>
          Look again
        </Button>
      </div>
      <Opening name={name} />
      <Closing name={name} reload={reload} />
      {problem && <Trouble problem={problem} again={reload} />}
      {!data && busy && <Busy what={`Asking for ${name}`} />}
      {open && (
        <>
          <Unknown cluster={data} />
          <Facts
            facts={[
              ...clusterFacts(data),
              ["Runs on it", <a href={to(["runs"], { text: name })}>{`on ${name}`}</a>],
              ...(data.now ? [["Owner", data.now.owner] as [string, string]] : []),
            ]}
          />
          <Change cluster={data} path={path} />
          <Uis cluster={data} />
          <Tags tags={data.now?.tags ?? {}} />
        </>
      )}
    </>
  );
}

function Change({ cluster, path }: { cluster: ClusterDetailView; path: string }) {
  const { record, now } = cluster;
  const { name, entry } = record;
  const extending = useWork(`extend ${name}`);
  const resizing = useWork(`resize ${name}`);
  const [longer, setLonger] = useState("1h");
  const [workers, setWorkers] = useState("workers" in entry ? String(entry.workers ?? "") : "");
  const [asking, ask] = useState<{ what: "extend" | "resize"; endsAt: number | undefined }>();
  const question = (what: "extend" | "resize") => ask({ what, endsAt: now?.endsAt });
  const gone = now === undefined || now.state === "ending" || now.state === "ended";
  const { endsAt } = (extending.work?.found ?? {}) as { endsAt?: number };
  const resized = (resizing.work?.found ?? {}) as { workers?: number };
  const hour = now?.cost ? briefMoney(now.cost.perHour) : "unknown";
  return (
    <>
      <h2>Change it</h2>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          question("extend");
        }}
      >
        <label>
          Let it live longer by{" "}
          <input size={5} value={longer} onInput={(e) => setLonger(e.currentTarget.value)} />
        </label>
        <button type="submit" disabled={gone || extending.busy}>
          Extend
        </button>
      </form>
      <Progress doing={extending} goes={`${name} is being extended.`}>
        <p>
          {name} ends itself at {endsAt === undefined ? "" : time(endsAt)}
        </p>
      </Progress>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          question("resize");
        }}
      >
        <label>
          Workers, beside its primary{" "}
          <input
            size={5}
            inputMode="numeric"
            value={workers}
            onInput={(e) => setWorkers(e.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={gone || resizing.busy}>
          Resize
        </button>
      </form>
      <Progress doing={resizing} goes={`${name} is being resized.`}>
        <p>
          {name} is to have {plural(resized.workers ?? 0, "worker")}
        </p>
      </Progress>
      {asking?.what === "extend" && (
        <Confirm
          title={`Extend ${name} by ${longer}`}
          close={() => ask(undefined)}
          does={() =>
            extending.begin(`${path}/extend`, {
              ...{ time: longer.trim(), from: asking.endsAt },
            })
          }
        >
          <p>
            It ends{" "}
            {asking.endsAt === undefined
              ? "not by itself"
              : `in ${formatDuration(asking.endsAt - Date.now())}`}{" "}
            by now, and costs {hour} an hour (estimate) for as long as it lives.
          </p>
        </Confirm>
      )}
      {asking?.what === "resize" && (
        <Confirm
          title={`Resize ${name} to ${workers.trim()}`}
          close={() => ask(undefined)}
          does={() => resizing.begin(`${path}/resize`, { workers: workers.trim() })}
        >
          <p>
            It costs {hour} an hour (estimate) by now; more workers cost more. What runs on workers
            that go is run again on others.
          </p>
        </Confirm>
      )}
    </>
  );
}

const Uis = ({ cluster: { uis, noUis } }: { cluster: ClusterDetailView }) => (
  <>
    <h2>Its UIs</h2>
    {uis.length === 0 ? (
      <p class="quiet words">
        None can be opened from here: {noUis}. What its runs did is in their event logs:{" "}
        <code>mayfly open RUN history</code>.
      </p>
    ) : (
      <ul>
        {uis.map(({ name, url }) => (
          <li key={url}>
            <a href={url} target="_blank" rel="noreferrer">
              {name}
            </a>{" "}
            <span class="quiet mono">{url}</span>
          </li>
        ))}
      </ul>
    )}
  </>
);

const Tags = ({ tags }: { tags: Record<string, string> }) => (
  <>
    <h2>Its tags</h2>
    {Object.keys(tags).length === 0 && <p class="quiet">None are known.</p>}
    <Scroll label="tags">
      <table>
        <tbody>
          {Object.entries(tags)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, value]) => (
              <tr key={key}>
                <th scope="row" class="mono">
                  {key}
                </th>
                <td class="mono words">{value}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </Scroll>
  </>
);
