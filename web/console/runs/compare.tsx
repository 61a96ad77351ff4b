import { useEffect } from "preact/hooks";
import type { RunView } from "../../../src/console/api.ts";
import { compareRuns } from "../../../src/model/compare.ts";
import { listen } from "../lib/events.ts";
import { useLoad } from "../lib/load.ts";
import { to } from "../lib/route.ts";
import { Busy, State, Trouble, time } from "../parts/parts.tsx";

/** Two runs side by side; what differs is marked. */
export function ComparePage({ left, right }: { left: string; right: string }) {
  const one = useLoad<RunView>(`api/runs/${encodeURIComponent(left)}`);
  const two = useLoad<RunView>(`api/runs/${encodeURIComponent(right)}`);
  useEffect(() => listen({}), []);
  const problem = one.problem ?? two.problem;
  if (problem)
    return (
      <>
        <h1>Two runs</h1>
        <Trouble problem={problem} />
        <p>
          <a href="#/runs">Choose two others</a>
        </p>
      </>
    );
  if (!one.data || !two.data) return <Busy what="Reading both" />;
  const rows = compareRuns([asNow(one.data), asNow(two.data)], time);
  return (
    <>
      <h1>Two runs</h1>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">What</th>
              {[one.data, two.data].map(({ record }) => (
                <th scope="col" key={record.id}>
                  <a href={to(["runs", record.id])}>{record.id}</a> <State state={record.state} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ what, values: [before = "–", after = "–"], differs }) => (
              <tr key={what}>
                <th scope="row">
                  {what} {differs && <span class="quiet">(differs)</span>}
                </th>
                <td class={differs ? "differs" : ""}>{before}</td>
                <td class={differs ? "differs" : ""}>{after}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Of one that goes on, the cost so far. */
const asNow = ({ record, live }: RunView) => (live.cost ? { ...record, cost: live.cost } : record);
