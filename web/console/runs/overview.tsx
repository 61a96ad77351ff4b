import type { ComponentChildren } from "preact";
import { formatDuration, plural } from "../../../src/base/format.ts";
import type { LiveState, RunRecord, RunView } from "../../../src/console/api.ts";
import { formatCost } from "../../../src/model/money/money.ts";
import { receiptLines, whyNoReceipt } from "../../../src/model/receipt.ts";
import { to } from "../lib/route.ts";
import { Button, Elapsed, Facts, Head, State, time } from "../parts/parts.tsx";
import { Progress, useWork } from "../parts/work.tsx";

export function Overview({ view }: { view: RunView }) {
  const { record, live, folder, damaged } = view;
  return (
    <>
      {damaged.length > 0 && (
        <div class="notice bad" role="alert">
          <p class="what">Its journal is damaged in line {damaged.join(", ")}.</p>
          <p>What is shown of it may be incomplete; the file is {folder}/journal.jsonl.</p>
        </div>
      )}
      <Why record={record} />
      <Facts facts={factsOf(view)} />
      <h2>Steps</h2>
      <Steps record={record} />
      <Stages live={live} />
      {record.state !== "running" && record.spark && <History id={record.id} />}
      {live.notes.length > 0 && (
        <>
          <h2>Notes</h2>
          <ul>
            {live.notes.map((note, i) => (
              <li key={`${i} ${note}`}>{note}</li>
            ))}
          </ul>
        </>
      )}
      <Receipt record={record} />
      <details>
        <summary>What was asked for</summary>
        <pre>{JSON.stringify(record.request, null, 2)}</pre>
      </details>
    </>
  );
}

function factsOf({ record, live, folder }: RunView): [string, ComponentChildren][] {
  const cost = live.cost ?? record.cost;
  const { time: split } = record;
  const took = record.endedAt === undefined ? undefined : record.endedAt - record.createdAt;
  return [
    ["Target", record.target],
    ["Started", time(record.createdAt)],
    ...(took === undefined ? [] : [["Took", formatDuration(took)] as [string, string]]),
    ...(record.state === "running"
      ? [["Running for", <Elapsed since={record.createdAt} />] as [string, ComponentChildren]]
      : []),
    ...(record.spark ? [["Spark", record.spark] as [string, string]] : []),
    ...(record.exitCode === undefined
      ? []
      : [["Exit code", String(record.exitCode)] as [string, string]]),
    ...(split
      ? [
          [
            "Start-up, work, stop",
            [split.startMs, split.workMs, split.stopMs].map(formatDuration).join(", "),
          ] as [string, string],
        ]
      : []),
    ...(cost
      ? [
          [record.state === "running" ? "Cost so far" : "Cost", formatCost(cost)] as [
            string,
            string,
          ],
        ]
      : []),
    ...(record.state === "running" && live.ui && isNear(live.ui)
      ? [
          [
            "Spark UI",
            <a href={live.ui} target="_blank" rel="noreferrer">
              {live.ui}
            </a>,
          ] as [string, ComponentChildren],
        ]
      : []),
    ["Files", folder],
  ];
}

/** Only what this machine serves can be opened without a tunnel. */
const isNear = (url: string) => /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(url);

function Why({ record: { failure, id } }: { record: RunRecord }) {
  if (!failure) return null;
  return (
    <section class="notice bad" aria-label="Why it failed">
      {failure.where && (
        <p class="mono">
          <strong>{failure.where}</strong> {failure.line}
        </p>
      )}
      <p class="what">{failure.message}</p>
      {failure.hint && <p>{failure.hint}</p>}
      <p>
        Step {failure.step}, exit code {failure.exitCode}.{" "}
        <a href={to(["runs", id, "logs"], { step: failure.step, stream: "stderr" })}>
          What it printed
        </a>
      </p>
    </section>
  );
}

export const Steps = ({ record }: { record: RunRecord }) => (
  <div class="scroll">
    <table>
      <Head columns={["Step", "State", "Time", "Kind", "Name"]} />
      <tbody>
        {record.steps.map(({ index, state, startedAt, endedAt, kind, name }) => (
          <tr key={index}>
            <td>{index}</td>
            <td>
              <State state={state} />
            </td>
            <td>
              {startedAt && endedAt ? formatDuration(endedAt - startedAt) : ""}
              {state === "running" && startedAt && <Elapsed since={startedAt} />}
            </td>
            <td>{kind}</td>
            <td>
              <a data-row href={to(["runs", record.id, "logs"], { step: index })}>
                {name}
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

/** What the Spark UI of a run that has ended shows, from its event log. */
function History({ id }: { id: string }) {
  const doing = useWork(`history ${id}`);
  const { url } = (doing.work?.found ?? {}) as { url?: string };
  return (
    <>
      <p class="row">
        <Button
          disabled={doing.busy}
          onClick={() => doing.begin(`api/runs/${encodeURIComponent(id)}/history`)}
        >
          Open its history
        </Button>
        <span class="quiet">Spark's History Server, until this console ends</span>
      </p>
      <Progress doing={doing} goes="Spark's History Server is starting.">
        {url && (
          <p>
            Its history:{" "}
            <a href={url} target="_blank" rel="noreferrer">
              {url}
            </a>
          </p>
        )}
      </Progress>
    </>
  );
}

function Stages({ live: { progress } }: { live: LiveState }) {
  if (!progress) return null;
  return (
    <>
      <h2>Stages at work, step {progress.step}</h2>
      {progress.stages.length === 0 && <p class="quiet">None right now.</p>}
      {progress.stages.map(({ id, name, done, active, failed, total }) => (
        <p class="row" key={id}>
          <progress value={done} max={total || 1} aria-label={`stage ${id}`} />
          <span>
            {id} {name}: {done} of {total} tasks, {active} at work
            {failed > 0 ? `, ${failed} failed` : ""}
          </span>
        </p>
      ))}
    </>
  );
}

/** The proof of closing, whole where nothing remains. */
function Receipt({ record }: { record: RunRecord }) {
  const lines = receiptLines(record);
  const remains = record.receipt?.remains.length ?? 0;
  return (
    <>
      <h2>
        Receipt{" "}
        <span class="quiet">
          {!lines
            ? `none: ${whyNoReceipt(record)}`
            : remains === 0
              ? "whole: nothing of it remains"
              : `${plural(remains, "thing remains", "things remain")}`}
        </span>
      </h2>
      {lines && (
        <Facts
          facts={lines.map(([word, all]) => [
            word,
            all.length === 0 ? "nothing" : all.map((one) => <div key={one}>{one}</div>),
          ])}
        />
      )}
    </>
  );
}
