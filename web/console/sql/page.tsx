import { useEffect, useRef, useState } from "preact/hooks";
import type { PlacesView, Problem, Rows, SavedQuery, TableView } from "../../../src/console/api.ts";
import { post, problemOf } from "../lib/api.ts";
import { listen, runsChanged } from "../lib/events.ts";
import { useLoad } from "../lib/load.ts";
import { go, query, route, to } from "../lib/route.ts";
import { Busy, Button, Trouble } from "../parts/parts.tsx";
import type { Editor } from "./editor.ts";
import { Result } from "./result.tsx";
import { Saved } from "./saved.tsx";
import { Schema } from "./schema.tsx";
import { type Place, readPlace, WhatItTakes, Where } from "./where.tsx";

const POLL_MS = 1000;

export function SqlPage() {
  const { sql = "" } = route.value.values;
  const place = readPlace();
  const asked = query({ ...place });
  // Athena's tables are asked for when somebody wants them, or has asked Athena already.
  const [listed, list] = useState("");
  const quiet = place.on === "athena" && listed !== asked;
  const tables = useLoad<TableView[]>(quiet ? undefined : `api/sql/tables?${asked}`);
  const places = useLoad<PlacesView>(place.on === "here" ? undefined : "api/sql/places");
  const saved = useLoad<SavedQuery[]>("api/sql/saved");
  const ground = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor>(null);
  const going = useRef<AbortController>(null);
  const [result, setResult] = useState<Rows>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [since, setSince] = useState(0);
  const [ready, setReady] = useState(false);

  const text = () => editor.current?.text() ?? sql;
  const run = async () => {
    going.current?.abort();
    const mine = new AbortController();
    going.current = mine;
    setBusy(true);
    setSince(Date.now());
    setProblem(undefined);
    // What is asked stands in the address: a query can be sent to somebody.
    go(to(["sql"], { sql: text(), ...said(place) }), true);
    try {
      setResult(await post<Rows>("api/sql", { sql: text(), ...place }, mine.signal));
      if (place.on === "athena") list(asked);
    } catch (error) {
      // Another one may have taken its place.
      if (going.current === mine) {
        setProblem(mine.signal.aborted ? cancelled(place) : problemOf(error));
        setResult(undefined);
      }
    }
    if (going.current === mine) setBusy(false);
    if (place.on === "spark") places.reload();
  };
  const latest = useRef(run);
  latest.current = run;

  useEffect(() => {
    listen({});
    let closed = false;
    void import("./editor.ts").then(({ openEditor }) => {
      if (closed || !ground.current) return;
      editor.current = openEditor(ground.current, sql, () => void latest.current());
      setReady(true);
      editor.current.focus();
    });
    return () => {
      closed = true;
      editor.current?.close();
      going.current?.abort();
    };
  }, []);
  useEffect(() => {
    if (ready) editor.current?.know(tables.data ?? []);
  }, [ready, tables.data]);
  useEffect(() => {
    if (ready && sql !== editor.current?.text()) editor.current?.set(sql);
  }, [sql, ready]);
  useEffect(() => {
    if (runsChanged.value > 1 && place.on !== "athena") tables.reload();
  }, [runsChanged.value, tables.reload]);
  const waits = busy && place.on === "spark" && places.data?.spark.state !== "ready";
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(places.reload, POLL_MS);
    return () => clearInterval(timer);
  }, [waits, places.reload]);

  const insert = (next: string) => {
    editor.current?.set(next);
    editor.current?.focus();
  };
  const choose = (next: Place) => {
    setProblem(undefined);
    const typed = next.on === place.on;
    go(to(["sql"], { sql: text(), ...said(next) }), typed);
  };
  return (
    <>
      <h1>SQL</h1>
      <div class="desk">
        <div class="side">
          <Schema
            tables={tables}
            on={place.on}
            use={insert}
            {...(quiet ? { list: () => list(asked) } : {})}
          />
          <Saved saved={saved} use={insert} text={text} />
        </div>
        <div>
          <Where place={place} needs={places.data?.athena} disabled={busy} set={choose} />
          <div ref={ground} class="editor" />
          {places.problem && <Trouble problem={places.problem} again={places.reload} />}
          <div id="what-it-takes">
            <WhatItTakes place={place} view={places.data} />
          </div>
          <p class="row">
            <Button
              kind="main"
              disabled={!ready || busy}
              aria-describedby="what-it-takes"
              onClick={() => void run()}
            >
              Run
            </Button>
            <Button disabled={!busy} onClick={() => going.current?.abort()}>
              Cancel
            </Button>
            <span class="quiet">Ctrl Enter runs it; one SELECT at a time</span>
          </p>
          {busy && <Busy what={waits ? "Waiting for the driver" : "Asking"} since={since} />}
          {problem && <Trouble problem={problem} />}
          {result && !busy && <Result result={result} />}
        </div>
      </div>
    </>
  );
}

/** In the address the usual place is not said. */
const said = ({ on, ...more }: Place) => (on === "here" ? {} : { on, ...more });

const cancelled = ({ on }: Place): Problem => ({
  code: "interrupted",
  message: `The query was cancelled.${on === "athena" ? " What Athena has read until then is paid for." : ""}`,
});
