import { useEffect } from "preact/hooks";
import { formatBytes, formatDuration, plural } from "../../../src/base/format.ts";
import type { RehearsalView } from "../../../src/console/api.ts";
import { listen } from "../lib/events.ts";
import { useLoad } from "../lib/load.ts";
import { Busy, Button, Empty, Facts, Head, State, Trouble } from "../parts/parts.tsx";

export function RehearsalPage() {
  const { data, problem, busy, reload } = useLoad<RehearsalView[]>("api/rehearsals");
  useEffect(() => listen({}), []);
  return (
    <>
      <div class="row">
        <h1 class="grow">Rehearsal</h1>
        <Button disabled={busy} onClick={reload}>
          Look again
        </Button>
      </div>
      {problem && <Trouble problem={problem} again={reload} />}
      {!data && busy && <Busy what="Looking" />}
      {data?.length === 0 && (
        <Empty title="No rehearsal is there.">
          <p>
            <code>mayfly rehearsal start</code> puts a look-alike of AWS on this machine: no account
            is needed to try clusters.
          </p>
        </Empty>
      )}
      {data?.map((one) => (
        <One key={one.name} one={one} />
      ))}
    </>
  );
}

function One({ one }: { one: RehearsalView }) {
  const { name, running, endpoint, since, memory, speed, unsafe, buckets, faults } = one;
  return (
    <section class="card" aria-label={`rehearsal ${name}`}>
      <h2>
        {name} {running ? <State state="running" /> : <span class="quiet">stopped</span>}
      </h2>
      <Facts
        facts={[
          ["Endpoint", endpoint],
          ...(since === undefined
            ? []
            : [["For", formatDuration(Date.now() - since)] as [string, string]]),
          ...(memory ? [["Memory", formatBytes(memory)] as [string, string]] : []),
          ...(speed === 1 ? [] : [["Waits", `${speed} times as fast`] as [string, string]]),
          ...(unsafe ? [["Walls", "none: --unsafe"] as [string, string]] : []),
          [
            "Faults",
            faults.length === 0
              ? "none"
              : faults
                  .map(({ kind, struck }) => `${kind}, struck ${plural(struck, "time")}`)
                  .join("; "),
          ],
        ]}
      />
      {buckets.length === 0 ? (
        <p class="quiet">It holds no buckets.</p>
      ) : (
        <table>
          <Head columns={["Bucket", "Objects", "Size"]} />
          <tbody>
            {buckets.map((bucket) => (
              <tr key={bucket.name}>
                <td>{bucket.name}</td>
                <td>{bucket.objects}</td>
                <td>{formatBytes(bucket.bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {!running && (
        <p>
          Start it again:{" "}
          <code>mayfly rehearsal start{name === "default" ? "" : ` --name ${name}`}</code>
        </p>
      )}
    </section>
  );
}
