import { useEffect, useRef, useState } from "preact/hooks";
import type { PlannedView, Problem, Words } from "../../../src/console/api.ts";
import { briefMoney, formatQuote } from "../../../src/model/money/money.ts";
import { post, problemOf } from "../lib/api.ts";
import { listen } from "../lib/events.ts";
import { useLoad } from "../lib/load.ts";
import { go, query, route, to } from "../lib/route.ts";
import { Busy, Button, Confirm, Empty, Head, Trouble } from "../parts/parts.tsx";
import { PlanView } from "../parts/plan.tsx";

/** What a run of a job would do and cost, in one place or in all. */
export function PlanPage() {
  const { job = "", on = "local", hours = "", small = "" } = route.value.values;
  const words = useLoad<Words>("api/plan/words");
  const [written, write] = useState(hours);
  useEffect(() => listen({}), []);
  useEffect(() => write(hours), [hours]);
  const asked = { job, on, hours, small };
  const narrow = (values: Partial<typeof asked>) => go(to(["plan"], { ...asked, ...values }), true);
  const jobs = words.data?.jobs ?? [];
  const places = words.data?.places ?? [];
  return (
    <>
      <h1>Plan</h1>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          narrow({ hours: written });
        }}
      >
        <label>
          Job{" "}
          <select
            data-search
            value={job}
            onChange={(event) => narrow({ job: event.currentTarget.value })}
          >
            <option value="">choose one</option>
            {[...new Set([...jobs, job])].filter(Boolean).map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label>
          on{" "}
          <select value={on} onChange={(event) => narrow({ on: event.currentTarget.value })}>
            {places.map(({ name, kind }) => (
              <option key={name} value={name}>
                {name === kind ? name : `${name} (${kind})`}
              </option>
            ))}
            <option value="all">all of them</option>
            {on !== "all" && !places.some(({ name }) => name === on) && <option>{on}</option>}
          </select>
        </label>
        <label>
          takes{" "}
          <input
            size={6}
            inputMode="decimal"
            placeholder="as last"
            value={written}
            onInput={(event) => write(event.currentTarget.value)}
          />{" "}
          hours
        </label>
        <label>
          <input
            type="checkbox"
            checked={small === "1"}
            onChange={(event) => narrow({ small: event.currentTarget.checked ? "1" : "" })}
          />{" "}
          small
        </label>
        <button type="submit">Plan</button>
      </form>
      {words.problem && <Trouble problem={words.problem} again={words.reload} />}
      {words.data && job === "" && <Choose jobs={jobs} />}
      {job !== "" && <Planned {...asked} key={query(asked)} />}
    </>
  );
}

const Choose = ({ jobs }: { jobs: string[] }) =>
  jobs.length === 0 ? (
    <Empty title="mayfly.yaml names no jobs.">
      <p>
        <code>mayfly init</code> writes one; <code>mayfly plan SCRIPT</code> plans a script without
        it.
      </p>
    </Empty>
  ) : (
    <Empty title="No job is chosen.">
      <p>
        A plan says what a run would make and cost, and touches nothing:{" "}
        {jobs.map((one, i) => (
          <span key={one}>
            {i > 0 && ", "}
            <a data-row href={to(["plan"], { job: one, on: "all" })}>
              {one}
            </a>
          </span>
        ))}
        .
      </p>
    </Empty>
  );

function Planned(asked: { job: string; on: string; hours: string; small: string }) {
  const { data, problem, reload } = useLoad<PlannedView[]>(`api/plan?${query(asked)}`);
  if (problem) return <Trouble problem={problem} again={reload} />;
  if (!data) return <Busy what="Planning" />;
  const [first] = data;
  if (asked.on === "all") return <Places all={data} asked={asked} />;
  if (!first) return null;
  if ("refused" in first) return <Trouble problem={first.refused} />;
  return (
    <>
      <Run job={asked.job} on={asked.on} small={asked.small} cost={formatQuote(first.plan.quote)} />
      <PlanView plan={first.plan} />
    </>
  );
}

const Places = ({ all, asked }: { all: PlannedView[]; asked: object }) => (
  <div class="scroll">
    <table>
      <Head columns={["Where", "Cost", "An hour", "Of note"]} />
      <tbody>
        {all.map((one) => (
          <tr key={one.on}>
            <td>
              <a data-row href={to(["plan"], { ...asked, on: one.on })}>
                {one.on}
              </a>
            </td>
            {"refused" in one ? (
              <>
                <td>not there</td>
                <td />
                <td class="words">{one.refused.message}</td>
              </>
            ) : (
              <>
                <td class="words">{formatQuote(one.plan.quote)}</td>
                <td>{one.plan.quote.perHour ? briefMoney(one.plan.quote.perHour) : ""}</td>
                <td>
                  {(one.plan.warnings ?? []).length > 0 && `warnings: ${one.plan.warnings?.length}`}
                </td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

/** What was planned, done: where it costs money, after a question. */
function Run({ job, on, small, cost }: { job: string; on: string; small: string; cost: string }) {
  const [asking, ask] = useState(false);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Problem>();
  // However often it is pressed, it is one wish.
  const once = useRef(crypto.randomUUID());
  const run = async () => {
    setBusy(true);
    setTrouble(undefined);
    try {
      const { id } = await post<{ id: string }>("api/plan/run", {
        ...{ job, on, once: once.current, small: small === "1" },
      });
      once.current = crypto.randomUUID();
      go(to(["runs", id]));
    } catch (error) {
      setTrouble(problemOf(error));
    }
    setBusy(false);
  };
  return (
    <>
      <div class="row">
        <span class="grow" />
        <Button
          kind="main"
          disabled={busy}
          onClick={() => (on === "local" ? void run() : ask(true))}
        >
          Run it
        </Button>
      </div>
      {busy && <Busy what="Asked" />}
      {trouble && <Trouble problem={trouble} />}
      {asking && (
        <Confirm title={`Run ${job} on ${on}`} close={() => ask(false)} does={() => void run()}>
          <p>It costs money: {cost}. It ends with this console; cancelling ends it before.</p>
        </Confirm>
      )}
    </>
  );
}
