import { useEffect } from "preact/hooks";
import { plural } from "../../../src/base/format.ts";
import type { Check } from "../../../src/console/api.ts";
import { listen } from "../lib/events.ts";
import { Button, Empty, Head, Scroll, time } from "../parts/parts.tsx";
import { Progress, useWork } from "../parts/work.tsx";

const MARKS = { ok: "✓", warning: "!", missing: "✗" };
const CLASSES = { ok: "succeeded", warning: "cancelled", missing: "failed" };

/** Whether a job could run here: the checks of `mayfly doctor`, as they come in. */
export function Doctor() {
  useEffect(() => listen({}), []);
  const doing = useWork("doctor");
  const { work, busy } = doing;
  const checks = (work?.found ?? []) as Check[];
  const missing = checks.filter(({ state }) => state === "missing").length;
  const ended = work?.endedAt;
  return (
    <>
      <div class="row">
        <p class="grow quiet" role="status">
          {busy
            ? `Looking, ${plural(checks.length, "check")} done…`
            : ended === undefined
              ? ""
              : `${missing === 0 ? "Ready" : `${plural(missing, "thing")} missing`}, as of ${time(ended)}.`}
        </p>
        <Button kind="main" disabled={busy} onClick={() => doing.begin("api/machine/doctor")}>
          {ended === undefined ? "Examine" : "Examine again"}
        </Button>
      </div>
      {!busy && <Progress doing={doing} goes="" />}
      {!work && !busy && (
        <Empty title="Nothing was looked at yet.">
          <p>
            Looks whether this machine is ready for a Spark job, as <code>mayfly doctor</code> does:
            what is here, what is missing, what to do. Nothing is fetched or changed.
          </p>
        </Empty>
      )}
      {checks.length > 0 && (
        <Scroll label="checks">
          <table>
            <Head columns={["What", "State", "Found"]} />
            <tbody>
              {checks.map(({ what, state, found, remedy }, i) => (
                <tr key={`${i} ${what}`}>
                  <th scope="row">{what}</th>
                  <td class={`state ${CLASSES[state]}`}>
                    <span aria-hidden="true">{MARKS[state]}</span> {state}
                  </td>
                  <td class="words">
                    {found}
                    {remedy && <p class="remedy">{remedy}</p>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </>
  );
}
