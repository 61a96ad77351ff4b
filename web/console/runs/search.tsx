import { useEffect, useRef, useState } from "preact/hooks";
import { formatBytes, plural } from "../../../src/base/format.ts";
import type { Hit, Problem, Searched } from "../../../src/console/api.ts";
import { ask, problemOf } from "../lib/api.ts";
import { query, to } from "../lib/route.ts";
import { Button, Trouble } from "../parts/parts.tsx";

/** Looks through all of a log, on the server: what is found shows up as it is found. */
export function Search({ id, step, stream }: { id: string; step: string; stream: string }) {
  const [text, setText] = useState("");
  const [hits, setHits] = useState<Hit[]>([]);
  const [state, setState] = useState<{ read: number; over: boolean }>();
  const [problem, setProblem] = useState<Problem>();
  const going = useRef<AbortController>(null);
  const stop = () => going.current?.abort();
  useEffect(() => stop, []);
  const search = async () => {
    stop();
    const mine = new AbortController();
    going.current = mine;
    setHits([]);
    setProblem(undefined);
    setState({ read: 0, over: false });
    try {
      const asked = query({ step, stream, text });
      const path = `api/runs/${encodeURIComponent(id)}/search?${asked}`;
      for await (const one of lines<Hit | Searched>(await ask(path, { signal: mine.signal }))) {
        if ("text" in one) setHits((all) => [...all, one]);
        else setState({ read: one.at, over: false });
      }
    } catch (error) {
      if (!mine.signal.aborted) setProblem(problemOf(error));
    }
    if (going.current === mine) setState((known) => ({ read: known?.read ?? 0, over: true }));
  };
  return (
    <>
      <search class="grow">
        <form
          class="row"
          style={{ margin: 0 }}
          onSubmit={(event) => {
            event.preventDefault();
            void search();
          }}
        >
          <input
            class="grow"
            type="search"
            data-search
            aria-label="Search this log"
            placeholder="search this log"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <button type="submit">Search</button>
          {state && !state.over && <Button onClick={stop}>Stop</Button>}
        </form>
      </search>
      {problem && <Trouble problem={problem} />}
      {state && (
        <div style={{ flexBasis: "100%" }}>
          <p class="quiet" role="status">
            {hits.length === 0 && state.over ? "nothing found" : plural(hits.length, "line")} in{" "}
            {formatBytes(state.read)}
            {hits.length >= 500 ? "; there are more, search for something rarer" : ""}
          </p>
          {hits.length > 0 && (
            <ul class="hits mono">
              {hits.map(({ at, text: line }) => (
                <li key={at}>
                  <a data-row href={to(["runs", id, "logs"], { step, stream, at })}>
                    {line}
                  </a>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </>
  );
}

async function* lines<T>(answer: Response): AsyncGenerator<T> {
  let rest = "";
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    if (done) return;
    const all = (rest + value).split("\n");
    rest = all.pop() ?? "";
    for (const line of all) yield JSON.parse(line) as T;
  }
}
