import { useEffect, useState } from "preact/hooks";
import { formatBytes, formatDuration, plural } from "../../../src/base/format.ts";
import type { KnownSpare, Words } from "../../../src/console/api.ts";
import { listen, warmDrivers } from "../lib/events.ts";
import { useLoad } from "../lib/load.ts";
import { Busy, Button, Confirm, Empty, Scroll, Trouble } from "../parts/parts.tsx";
import { Progress, useWork } from "../parts/work.tsx";

/** Drivers that are started ahead of a run. */
export function Warm() {
  const { data, problem, reload } = useLoad<KnownSpare[]>("api/machine/warm");
  const { data: words } = useLoad<Words>("api/plan/words");
  const [job, choose] = useState("");
  const [asking, ask] = useState(false);
  const [, tick] = useState(0);
  const starting = useWork("warm start", reload);
  const stopping = useWork("warm stop", reload);
  useEffect(() => {
    listen({ warm: true });
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const all = warmDrivers.value ?? data;
  const free = all?.filter(({ state }) => state !== "used").length ?? 0;
  const { spare } = (starting.work?.found ?? {}) as { spare?: { id: string; cwd: string } };
  const { stopped } = (stopping.work?.found ?? {}) as { stopped?: number };
  return (
    <>
      <div class="row">
        <label>
          With the settings of{" "}
          <select value={job} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="">any program in the project's folder</option>
            {words?.jobs.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <Button
          disabled={starting.busy}
          onClick={() => starting.begin("api/machine/warm/start", { job })}
        >
          Start one
        </Button>
        <span class="grow" />
        <Button kind="danger" disabled={free === 0 || stopping.busy} onClick={() => ask(true)}>
          Stop
        </Button>
      </div>
      {problem && <Trouble problem={problem} again={reload} />}
      <Progress doing={starting} goes="A warm driver is being started.">
        <p>
          {spare
            ? `${spare.id} is starting; runs in ${spare.cwd} will use it`
            : "there is one for this already"}
        </p>
      </Progress>
      <Progress doing={stopping} goes="Warm drivers are being ended.">
        <p>{plural(stopped ?? 0, "warm driver")} ended</p>
      </Progress>
      {!all && !problem && <Busy what="Looking for warm drivers" />}
      {all?.length === 0 && (
        <Empty title="No warm drivers.">
          <p>
            One that waits takes most of the start of a small job away, and about 450 MB. It ends by
            itself after five minutes. A Spark run in a terminal leaves one for the next.
          </p>
        </Empty>
      )}
      {all && all.length > 0 && <Table all={all} />}
      {asking && (
        <Confirm
          title={`Stop ${plural(free, "warm driver")}`}
          close={() => ask(false)}
          does={() => stopping.begin("api/machine/warm/stop")}
        >
          <p>Those that no run is using end. The next run starts a driver of its own.</p>
        </Confirm>
      )}
    </>
  );
}

const Table = ({ all }: { all: KnownSpare[] }) => (
  <Scroll label="warm drivers">
    <table>
      <thead>
        <tr>
          <th scope="col">Id</th>
          <th scope="col">State</th>
          <th scope="col">Spark</th>
          <th scope="col" class="number">
            Memory
          </th>
          <th scope="col">Age</th>
          <th scope="col">Left</th>
          <th scope="col">Folder</th>
        </tr>
      </thead>
      <tbody>
        {all.map(({ id, state, spark, bytes, since, until, cwd }) => (
          <tr key={id}>
            <td class="mono">{id}</td>
            <td>{state}</td>
            <td>{spark}</td>
            <td class="number">{formatBytes(bytes)}</td>
            <td>{formatDuration(Date.now() - since)}</td>
            <td>{state === "ready" ? formatDuration(until - Date.now()) : ""}</td>
            <td class="mono words">{cwd}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
);
