import { useEffect, useState } from "preact/hooks";
import { formatBytes, plural } from "../../../src/base/format.ts";
import type { Prunable, Pruned } from "../../../src/console/api.ts";
import { listen } from "../lib/events.ts";
import { useLoad } from "../lib/load.ts";
import { go, query, route, to } from "../lib/route.ts";
import { Busy, Button, Confirm, Empty, Trouble } from "../parts/parts.tsx";
import { Progress, useWork } from "../parts/work.tsx";

const AGES = [
  ["7d", "a week"],
  ["1d", "a day"],
  ["12h", "12 hours"],
  ["30d", "30 days"],
  ["0d", "nothing: every run that has ended"],
] as const;

const sizeOf = (some: Prunable[]) => some.reduce((sum, { bytes }) => sum + bytes, 0);

/** What can go, and how much room that makes; then a question. */
export function Prune() {
  const { older = "7d", cache = "" } = route.value.values;
  const path = `api/machine/prune?${query({ older, cache })}`;
  const { data, problem, busy, reload } = useLoad<Prunable[]>(path);
  const [stays, keep] = useState<string[]>([]);
  const [asking, ask] = useState(false);
  const doing = useWork("prune", reload);
  useEffect(() => listen({}), []);
  const narrow = (values: Record<string, string>) =>
    go(to(["machine", "prune"], { older, cache, ...values }), true);
  const going = data?.filter((one) => !stays.includes(one.path)) ?? [];
  const { removed = 0, bytes = 0 } = (doing.work?.found ?? {}) as Partial<Pruned>;
  return (
    <>
      <div class="row">
        <label>
          Runs older than{" "}
          <select value={older} onChange={(event) => narrow({ older: event.currentTarget.value })}>
            {AGES.map(([age, text]) => (
              <option key={age} value={age}>
                {text}
              </option>
            ))}
            {!AGES.some(([age]) => age === older) && <option>{older}</option>}
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={cache === "1"}
            onChange={(event) => narrow({ cache: event.currentTarget.checked ? "1" : "" })}
          />{" "}
          the shared caches too
        </label>
        <span class="grow" />
        <Button
          kind="danger"
          disabled={going.length === 0 || doing.busy || busy}
          onClick={() => ask(true)}
        >
          Remove
        </Button>
      </div>
      <Progress doing={doing} goes="Removing.">
        <p>
          removed {plural(removed, "item")}, {formatBytes(bytes)}
        </p>
      </Progress>
      {problem && <Trouble problem={problem} again={reload} />}
      {!data && !problem && <Busy what="Measuring" />}
      {data?.length === 0 && (
        <Empty title="Nothing to remove.">
          <p>
            No run of this project is that old. A shorter age, or the shared caches (Spark, Java,
            Python environments, fetched again when needed) can be chosen above.
          </p>
        </Empty>
      )}
      {data && data.length > 0 && (
        <>
          <p class="quiet" role="status">
            {plural(going.length, "item")}, {formatBytes(sizeOf(going))}
          </p>
          <Table all={data} stays={stays} keep={keep} />
        </>
      )}
      {asking && (
        <Confirm
          title={`Remove ${formatBytes(sizeOf(going))}`}
          close={() => ask(false)}
          does={() =>
            doing.begin("api/machine/prune", {
              ...{ older, cache: cache === "1", shown: going.map((one) => one.path) },
            })
          }
        >
          <p>
            {plural(going.length, "item")} of this machine: records and logs of runs, with what they
            wrote into their own folders
            {cache === "1" ? "; and caches, which are fetched again" : ""}. It cannot be taken back.
          </p>
        </Confirm>
      )}
    </>
  );
}

function Table({
  all,
  stays,
  keep,
}: {
  all: Prunable[];
  stays: string[];
  keep(paths: string[]): void;
}) {
  const toggle = (path: string) =>
    keep(stays.includes(path) ? stays.filter((one) => one !== path) : [...stays, path]);
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="quiet">Goes</span>
            </th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          {all.map(({ what, path, bytes }) => (
            <tr key={path}>
              <td>
                <input
                  type="checkbox"
                  data-row
                  aria-label={`remove ${what}`}
                  checked={!stays.includes(path)}
                  onChange={() => toggle(path)}
                />
              </td>
              <td class="number">{formatBytes(bytes)}</td>
              <td class="mono">
                {what.startsWith("run ") ? (
                  <>
                    run <a href={to(["runs", what.slice(4)])}>{what.slice(4)}</a>
                  </>
                ) : (
                  what
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
