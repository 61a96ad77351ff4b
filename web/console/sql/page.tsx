import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem, Rows, SavedQuery, TableView } from "../../../src/console/api.ts";
import { post, problemOf } from "../lib/api.ts";
import { listen, runsChanged } from "../lib/events.ts";
import { useLoad } from "../lib/load.ts";
import { go, route, to } from "../lib/route.ts";
import { Busy, Button, Trouble } from "../parts/parts.tsx";
import type { Editor } from "./editor.ts";
import { Result } from "./result.tsx";
import { Saved } from "./saved.tsx";
import { Schema } from "./schema.tsx";

export function SqlPage() {
  const { sql = "" } = route.value.values;
  const tables = useLoad<TableView[]>("api/sql/tables");
  const saved = useLoad<SavedQuery[]>("api/sql/saved");
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor>(null);
  const going = useRef<AbortController>(null);
  const [result, setResult] = useState<Rows>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [since, setSince] = useState(0);
  const [ready, setReady] = useState(false);

  const run = async () => {
    const text = editor.current?.text() ?? "";
    going.current?.abort();
    const mine = new AbortController();
    going.current = mine;
    setBusy(true);
    setSince(Date.now());
    setProblem(undefined);
    // What is asked stands in the address: a query can be sent to somebody.
    go(to(["sql"], { sql: text }), true);
    try {
      setResult(await post<Rows>("api/sql", { sql: text }, mine.signal));
    } catch (error) {
      const cancelled = { code: "interrupted", message: "The query was cancelled." };
      setProblem(mine.signal.aborted ? cancelled : problemOf(error));
      setResult(undefined);
    }
    if (going.current === mine) setBusy(false);
  };
  const latest = useRef(run);
  latest.current = run;

  useEffect(() => {
    listen({});
    let closed = false;
    void import("./editor.ts").then(({ openEditor }) => {
      if (closed || !place.current) return;
      editor.current = openEditor(place.current, sql, () => void latest.current());
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
    if (ready && tables.data) editor.current?.know(tables.data);
  }, [ready, tables.data]);
  useEffect(() => {
    if (ready && sql !== editor.current?.text()) editor.current?.set(sql);
  }, [sql, ready]);
  useEffect(() => {
    if (runsChanged.value > 1) tables.reload();
  }, [runsChanged.value, tables.reload]);

  const insert = (text: string) => {
    editor.current?.set(text);
    editor.current?.focus();
  };
  return (
    <>
      <h1>SQL</h1>
      <div class="desk">
        <div class="side">
          <Schema tables={tables} use={insert} />
          <Saved saved={saved} use={insert} text={() => editor.current?.text() ?? ""} />
        </div>
        <div>
          <div ref={place} class="editor" />
          <p class="row">
            <Button kind="main" disabled={!ready || busy} onClick={() => void run()}>
              Run
            </Button>
            <Button disabled={!busy} onClick={() => going.current?.abort()}>
              Cancel
            </Button>
            <span class="quiet">Ctrl Enter runs it; one SELECT at a time</span>
          </p>
          {busy && <Busy what="Asking" since={since} />}
          {problem && <Trouble problem={problem} />}
          {result && !busy && <Result result={result} />}
        </div>
      </div>
    </>
  );
}
