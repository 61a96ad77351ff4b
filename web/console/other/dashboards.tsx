import { useEffect, useRef, useState } from "preact/hooks";
import type { DashboardFile, DashboardPage, Problem } from "../../../src/console/api.ts";
import { get, problemOf } from "../lib/api.ts";
import { listen } from "../lib/events.ts";
import { useLoad } from "../lib/load.ts";
import { query, to } from "../lib/route.ts";
import { Busy, Empty, Trouble } from "../parts/parts.tsx";
import { Downloads } from "./downloads.tsx";

export function DashboardsPage({ file }: { file: string | undefined }) {
  useEffect(() => listen({}), []);
  return file === undefined ? <List /> : <One file={file} key={file} />;
}

function List() {
  const { data, problem, reload } = useLoad<DashboardFile[]>("api/dashboards");
  return (
    <>
      <h1>Dashboards</h1>
      {problem && <Trouble problem={problem} again={reload} />}
      {!data && !problem && <Busy what="Looking for dashboards" />}
      {data?.length === 0 && (
        <Empty title="No dashboards yet.">
          <p>
            Write a <code>dashboard.yaml</code> beside a job: queries over its outputs, and how each
            is drawn.
          </p>
        </Empty>
      )}
      <ul>
        {data?.map(({ file, title, problem: wrong }) => (
          <li key={file}>
            <a data-row href={to(["dashboards"], { file })}>
              {title ?? file}
            </a>{" "}
            <span class="quiet">{title === undefined ? "" : file}</span>
            {wrong && <p class="problem">{wrong}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}

type Page = DashboardPage;

/** Drawn by what draws it everywhere; here it can ask again. */
function One({ file }: { file: string }) {
  const path = `api/dashboards/page?${query({ file })}`;
  const { data, problem, reload } = useLoad<Page>(path);
  const place = useRef<HTMLDivElement>(null);
  // As they stand in the fields of the page that is drawn.
  const inputs = useRef<object>({});
  const [trouble, setTrouble] = useState<Problem>();
  useEffect(() => {
    if (!data) return;
    let drawn: { close(): void } | undefined;
    let closed = false;
    import("./drawing.ts").then(
      ({ mount }) => {
        if (closed || !place.current) return;
        drawn = mount(place.current, data, {
          async ask(values, signal) {
            inputs.current = values;
            const asked = `${path}&${query({ values: JSON.stringify(values) })}`;
            const { results } = await get<Page>(asked, signal);
            return Object.fromEntries(
              Object.entries(results).flatMap(([name, of]) =>
                Object.values(of).map((result) => [name, result] as const),
              ),
            );
          },
        });
      },
      (error: unknown) => setTrouble(problemOf(error)),
    );
    return () => {
      closed = true;
      drawn?.close();
    };
  }, [data, path]);
  const wrong = problem ?? trouble;
  return (
    <>
      <p class="crumbs">
        <a href="#/dashboards">Dashboards</a> › <span class="mono">{file}</span>
      </p>
      {wrong && (
        <>
          <h1>This dashboard cannot be shown</h1>
          <Trouble problem={wrong} again={reload} />
        </>
      )}
      {!data && !problem && <Busy what="Asking" />}
      {data && <Downloads file={file} charts={data.spec.charts} inputs={() => inputs.current} />}
      <div ref={place} class="mf-dashboard" />
    </>
  );
}
