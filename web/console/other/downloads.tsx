import { useEffect, useRef, useState } from "preact/hooks";
import type { DashboardPage, Problem } from "../../../src/console/api.ts";
import { ask, problemOf } from "../lib/api.ts";
import { query } from "../lib/route.ts";
import { Busy, Button, Trouble } from "../parts/parts.tsx";

interface State {
  /** What is being made, and since when. */
  busy?: { what: string; since: number };
  said?: string;
  problem?: Problem;
}

/** A dashboard as a file that opens anywhere, and each of its charts as a picture or as data. */
export function Downloads({
  file,
  charts,
  inputs,
}: {
  file: string;
  charts: DashboardPage["spec"]["charts"];
  inputs(): object;
}) {
  const [state, set] = useState<State>({});
  const [dark, setDark] = useState(false);
  const going = useRef<AbortController>(null);
  useEffect(() => () => going.current?.abort(), []);
  const { busy } = state;

  const download = async (what: string, path: string, more: Record<string, string>) => {
    const mine = new AbortController();
    going.current = mine;
    set({ busy: { what, since: Date.now() } });
    const asked = query({ file, values: JSON.stringify(inputs()), ...more });
    try {
      set({ said: await save(await ask(`api/dashboards/${path}?${asked}`, mine)) });
    } catch (error) {
      const cancelled = { code: "interrupted", message: `${what} was not made: it was cancelled.` };
      set({ problem: mine.signal.aborted ? cancelled : problemOf(error) });
    }
  };
  const picture = (number: number, title: string, format: "png" | "svg" | "csv") => {
    const name = `${format.toUpperCase()} of ${title}`;
    const more = {
      chart: String(number),
      format,
      ...(dark && format !== "csv" ? { dark: "1" } : {}),
    };
    return (
      <Button
        disabled={busy !== undefined}
        aria-label={name}
        onClick={() => void download(`The ${name}`, "chart", more)}
      >
        {format.toUpperCase()}
      </Button>
    );
  };
  return (
    <>
      <p class="row">
        <Button
          disabled={busy !== undefined}
          onClick={() => void download("The page", "build", {})}
        >
          Download
        </Button>
        <span class="quiet">one HTML file with its data, which opens in any browser</span>
      </p>
      <details>
        <summary>Charts as PNG, SVG or CSV</summary>
        <p>
          <label>
            <input
              type="checkbox"
              checked={dark}
              onChange={(event) => setDark(event.currentTarget.checked)}
            />{" "}
            pictures light on dark
          </label>
        </p>
        <ul class="downloads">
          {charts.map((chart, i) => {
            const title = chart.title ?? `${chart.mark} ${i + 1}`;
            return (
              <li key={i} class="row">
                {picture(i + 1, title, "png")}
                {picture(i + 1, title, "svg")}
                {"query" in chart && picture(i + 1, title, "csv")}
                <span>{title}</span>
              </li>
            );
          })}
        </ul>
      </details>
      {busy && (
        <div class="row">
          <Busy what={`${busy.what} is being made`} since={busy.since} />
          <Button onClick={() => going.current?.abort()}>Cancel</Button>
        </div>
      )}
      {state.said && (
        <p class="quiet" role="status">
          {state.said}
        </p>
      )}
      {state.problem && <Trouble problem={state.problem} />}
    </>
  );
}

/** Gives it to the browser to keep; a link alone could not say why there is nothing. */
async function save(answer: Response): Promise<string> {
  const { headers } = answer;
  const [, said = "download"] =
    /filename\*=UTF-8''([^;]+)/.exec(headers.get("content-disposition") ?? "") ?? [];
  const name = decodeURIComponent(said);
  const url = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Chromium and Firefox take it at once, Safari a moment later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  const fixed = decodeURIComponent(headers.get("x-mayfly-fixed") ?? "");
  return fixed === ""
    ? `${name} was handed to the browser.`
    : `${name} was handed to the browser. It holds one value of ${fixed}: all combinations would be more than 200 results or 20 MB.`;
}
