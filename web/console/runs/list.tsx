import { useEffect, useState } from "preact/hooks";
import { formatCount, formatDuration, plural } from "../../../src/base/format.ts";
import type { Listed, RunPage } from "../../../src/console/api.ts";
import { listen, runsChanged } from "../lib/events.ts";
import { useLoad } from "../lib/load.ts";
import { go, query, route, to } from "../lib/route.ts";
import { Busy, Button, Elapsed, Empty, State, Trouble, time } from "../parts/parts.tsx";

const STATES = ["running", "succeeded", "failed", "cancelled", "killed", "damaged"];
const PAGE = 100;
const MOST = 500;

/** The runs of the project, newest first. */
export function RunsPage() {
  const { text = "", state = "", after, all } = route.value.values;
  const [limit, setLimit] = useState(PAGE);
  const [chosen, choose] = useState<string[]>([]);
  const asked = query({ text, state, after, limit });
  const everywhere = all === "1";
  const { data, problem, busy, reload } = useLoad<RunPage>(
    everywhere ? `api/runs/everywhere?${query({ limit })}` : `api/runs?${asked}`,
  );
  useEffect(() => listen({}), []);
  useEffect(() => {
    if (runsChanged.value > 0) reload();
  }, [runsChanged.value, reload]);
  const narrow = (values: Record<string, string>) => {
    setLimit(PAGE);
    go(to(["runs"], { text, state, ...values }), true);
  };
  const last = data?.runs.at(-1)?.id;
  return (
    <>
      <h1>Runs</h1>
      <div class="row">
        <input
          class="grow"
          type="search"
          data-search
          aria-label="Filter by id, job or target"
          placeholder="id, job or target"
          value={text}
          disabled={everywhere}
          onInput={(event) => narrow({ text: event.currentTarget.value })}
        />
        <select
          aria-label="State"
          value={state}
          disabled={everywhere}
          onChange={(event) => narrow({ state: event.currentTarget.value })}
        >
          <option value="">every state</option>
          {STATES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <label>
          <input
            type="checkbox"
            checked={everywhere}
            onChange={(event) =>
              narrow({ text: "", state: "", all: event.currentTarget.checked ? "1" : "" })
            }
          />{" "}
          of every project
        </label>
        <Button disabled={chosen.length !== 2} onClick={() => go(to(["compare", ...chosen]))}>
          Compare two
        </Button>
      </div>
      {problem && <Trouble problem={problem} again={reload} />}
      {!data && busy && <Busy what="Looking for runs" />}
      {data && data.runs.length === 0 && <Nothing page={data} />}
      {data && data.runs.length > 0 && (
        <>
          <p class="quiet" role="status">
            {plural(data.runs.length, "run")} shown, {formatCount(data.total)} in all
            {after && (
              <>
                , older ones; <a href={to(["runs"], { text, state })}>the newest</a>
              </>
            )}
          </p>
          <Table runs={data.runs} chosen={chosen} choose={choose} projects={everywhere} />
          {data.more && (
            <p class="row">
              {limit < MOST && <Button onClick={() => setLimit(limit + PAGE)}>Show more</Button>}
              {!everywhere && (
                <a class="button" href={to(["runs"], { text, state, after: last })}>
                  Older than these
                </a>
              )}
            </p>
          )}
        </>
      )}
    </>
  );
}

function Nothing({ page }: { page: RunPage }) {
  if (page.total > 0)
    return (
      <Empty title="No run fits.">
        <p>
          {plural(page.total, "run is", "runs are")} there; <a href="#/runs">show all of them</a>.
        </p>
      </Empty>
    );
  return (
    <Empty title="No runs yet.">
      <p>
        Start one in the project's folder, for example <code>mayfly run my-script.py</code>. It
        shows up here at once.
      </p>
    </Empty>
  );
}

function Table({
  runs,
  chosen,
  choose,
  projects,
}: {
  runs: Listed[];
  projects: boolean;
  chosen: string[];
  choose(ids: string[]): void;
}) {
  const toggle = (id: string) =>
    choose(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen.slice(-1), id]);
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="quiet">Compare</span>
            </th>
            <th scope="col">Run</th>
            <th scope="col">State</th>
            <th scope="col">Started</th>
            <th scope="col">Time</th>
            <th scope="col">Target</th>
            <th scope="col">Job</th>
            {projects && <th scope="col">Project</th>}
          </tr>
        </thead>
        <tbody>
          {runs.map(({ id, state, createdAt, endedAt, target, job, project }) => (
            <tr key={id}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`compare ${id}`}
                  checked={chosen.includes(id)}
                  onChange={() => toggle(id)}
                />
              </td>
              <td class="mono">
                <a data-row href={to(["runs", id])}>
                  {id}
                </a>
              </td>
              <td>
                <State state={state} />
              </td>
              <td>{time(createdAt)}</td>
              <td>
                {endedAt !== undefined && formatDuration(endedAt - createdAt)}
                {state === "running" && <Elapsed since={createdAt} />}
              </td>
              <td>{target}</td>
              <td>{job}</td>
              {projects && <td class="mono words">{project}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
