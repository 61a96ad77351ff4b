import { useEffect, useState } from "preact/hooks";
import type { Problem, RunView } from "../../../src/console/api.ts";
import { post, problemOf } from "../lib/api.ts";
import { listen, runGone, runView } from "../lib/events.ts";
import { useLoad } from "../lib/load.ts";
import { go, to } from "../lib/route.ts";
import { Busy, Button, Confirm, State, Trouble } from "../parts/parts.tsx";
import { Logs } from "./logs.tsx";
import { Outputs } from "./outputs.tsx";
import { Overview } from "./overview.tsx";

const TABS = ["overview", "logs", "outputs"];

const REMOVED: Problem = {
  code: "not-found",
  message: "This run has been removed while you looked at it.",
  remedy:
    "mayfly prune does that. What is shown is what was known of it; the list has those that are left.",
};

/** One run, as it is now. */
export function RunPage({ id, tab }: { id: string; tab: string }) {
  const { data, problem, reload } = useLoad<RunView>(`api/runs/${encodeURIComponent(id)}`);
  const heard = runView.value;
  const view = heard ?? data;
  const [trouble, setTrouble] = useState<Problem>();
  const [asking, ask] = useState<"" | "cancel">("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (tab !== "logs") listen({ run: id });
  }, [id, tab]);
  const act = async (what: "rerun" | "cancel") => {
    setBusy(true);
    setTrouble(undefined);
    try {
      const said = await post<{ id: string }>(`api/runs/${encodeURIComponent(id)}/${what}`);
      if (what === "rerun") go(to(["runs", said.id]));
    } catch (error) {
      setTrouble(problemOf(error));
    }
    setBusy(false);
  };
  if (problem && !heard)
    return (
      <>
        <h1>Run {id}</h1>
        <Trouble problem={problem} again={reload} />
        <p>
          <a href="#/runs">All runs</a>
        </p>
      </>
    );
  if (!view) return <Busy what={`Reading run ${id}`} />;
  const { record } = view;
  return (
    <>
      <p class="crumbs">
        <a href="#/runs">Runs</a> › <span class="mono">{record.id}</span>
      </p>
      <div class="row">
        <h1 class="grow">
          {record.job} <State state={record.state} />
        </h1>
        {record.state === "running" ? (
          <Button kind="danger" disabled={busy} onClick={() => ask("cancel")}>
            Cancel
          </Button>
        ) : (
          <Button kind="main" disabled={busy} onClick={() => void act("rerun")}>
            Run again
          </Button>
        )}
      </div>
      {busy && <Busy what="Asked" />}
      {runGone.value && <Trouble problem={REMOVED} />}
      {trouble && <Trouble problem={trouble} />}
      {asking === "cancel" && (
        <Confirm title="Cancel the run" close={() => ask("")} does={() => void act("cancel")}>
          <p>It ends with all that it has started; what it has written so far stays.</p>
        </Confirm>
      )}
      <nav class="tabs" aria-label="Of this run">
        {TABS.map((one) => (
          <a key={one} href={to(["runs", id, one])} aria-current={one === tab ? "page" : undefined}>
            {one}
          </a>
        ))}
      </nav>
      {tab === "logs" ? (
        <Logs id={id} logs={view.logs} running={record.state === "running"} />
      ) : tab === "outputs" ? (
        <Outputs record={record} />
      ) : (
        <Overview view={view} />
      )}
    </>
  );
}
