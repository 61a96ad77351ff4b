import { useEffect, useState } from "preact/hooks";
import type { Plan, Words } from "../../../src/console/api.ts";
import { briefMoney, formatQuote } from "../../../src/model/money/money.ts";
import { listen } from "../lib/events.ts";
import { useLoad } from "../lib/load.ts";
import { go, query, route, to } from "../lib/route.ts";
import { Busy, Button, Confirm, Trouble } from "../parts/parts.tsx";
import { PlanView } from "../parts/plan.tsx";
import { Progress, useWork } from "../parts/work.tsx";

const FIELDS = [
  ["name", "Name", "lab"],
  ["ttl", "ends itself after", "12h"],
  ["budget", "or before it costs", "$5"],
] as const;

/** A cluster that stays: first what it would be and cost, then a question, then it opens. */
export function Open() {
  const { name = "", on = "", ttl = "", budget = "" } = route.value.values;
  const words = useLoad<Words>("api/plan/words");
  const [said, say] = useState<Record<string, string>>({ name, ttl, budget });
  useEffect(() => listen({}), []);
  useEffect(() => say({ name, ttl, budget }), [name, ttl, budget]);
  const places = words.data?.places.filter(({ opens }) => opens) ?? [];
  const place = on || places[0]?.name || "emr";
  const show = (values: Record<string, string> = {}) =>
    go(to(["clusters"], { do: "open", on: place, ...said, ...values }), true);
  return (
    <>
      <p class="crumbs">
        <a href="#/clusters">Clusters</a> › open one
      </p>
      <h1>Open a cluster</h1>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          show();
        }}
      >
        {FIELDS.map(([field, text, hint]) => (
          <label key={field}>
            {text}{" "}
            <input
              size={field === "name" ? 14 : 6}
              {...(field === "name" ? { "data-search": true, required: true } : {})}
              placeholder={hint}
              value={said[field]}
              onInput={(event) => say({ ...said, [field]: event.currentTarget.value.trim() })}
            />
          </label>
        ))}
        <label>
          on{" "}
          <select value={place} onChange={(event) => show({ on: event.currentTarget.value })}>
            {places.map((one) => (
              <option key={one.name} value={one.name}>
                {one.name === one.kind ? `${one.name}, as it is without a word` : one.name}
              </option>
            ))}
          </select>
        </label>
        <button type="submit">What it costs</button>
      </form>
      {words.problem && <Trouble problem={words.problem} again={words.reload} />}
      {name === "" ? (
        <p class="quiet">
          It stays after the command that opened it, until it is idle for long, its time is over, or
          somebody closes it. Its settings are those of its target in mayfly.yaml. What it would be
          and cost is shown first.
        </p>
      ) : (
        words.data && (
          <Planned asked={{ name, on: place, ttl, budget }} key={query({ name, on: place })} />
        )
      )}
    </>
  );
}

function Planned({ asked }: { asked: { name: string; on: string; ttl: string; budget: string } }) {
  const { name } = asked;
  const { data, problem, reload } = useLoad<Plan>(`api/clusters/plan?${query(asked)}`);
  const [asking, ask] = useState(false);
  const doing = useWork(`up ${name}`, (work) => {
    if (!work.problem) go(to(["clusters", name]));
  });
  if (problem) return <Trouble problem={problem} again={reload} />;
  if (!data) return <Busy what="Reckoning" />;
  const { perHour } = data.quote;
  return (
    <>
      <div class="row">
        <span class="grow" />
        <Button kind="main" disabled={doing.busy} onClick={() => ask(true)}>
          Open {name}
        </Button>
      </div>
      <Progress doing={doing} goes={`${name} is being opened; it takes minutes.`} />
      <PlanView plan={data} />
      {asking && (
        <Confirm
          title={`Open ${name}`}
          close={() => ask(false)}
          does={() => doing.begin("api/clusters", asked)}
        >
          <p>
            It costs {perHour ? briefMoney(perHour) : "an unknown amount"} an hour from now on, for
            as long as it lives: {formatQuote(data.quote)} at most.
          </p>
          <p>It stays when this console ends. Closing the console while it opens ends it again.</p>
        </Confirm>
      )}
    </>
  );
}
