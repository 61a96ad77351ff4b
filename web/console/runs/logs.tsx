import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { formatBytes } from "../../../src/base/format.ts";
import type { LogName, LogWindow, Problem } from "../../../src/console/api.ts";
import { get, problemOf } from "../lib/api.ts";
import { listen } from "../lib/events.ts";
import { go, query, route, to } from "../lib/route.ts";
import { Button, Empty, Trouble } from "../parts/parts.tsx";
import { Search } from "./search.tsx";

/** So much of a log is held and drawn at once; the rest is fetched when somebody goes there. */
const HELD = 1_000_000;

interface Held {
  parts: LogWindow[];
  size: number;
}

/** What a step printed: a piece of it, which grows, and which can be any piece of a very long one. */
export function Logs({ id, logs, running }: { id: string; logs: LogName[]; running: boolean }) {
  const {
    step = String(logs[0]?.step ?? 0),
    stream = bestStream(logs, step),
    at,
  } = route.value.values;
  const [held, hold] = useState<Held>({ parts: [], size: 0 });
  const [follow, setFollow] = useState(at === undefined);
  const [problem, setProblem] = useState<Problem>();
  const place = useRef<HTMLElement>(null);
  const log = `api/runs/${encodeURIComponent(id)}/log?${query({ step, stream })}`;

  const add = (window: LogWindow) =>
    hold(({ parts }) => {
      const next = [...parts, window].filter(({ text, rest }) => text !== "" || rest !== "");
      let length = next.reduce((sum, one) => sum + one.text.length, 0);
      while (length > HELD && next.length > 1) length -= next.shift()?.text.length ?? 0;
      return { parts: next, size: window.size };
    });

  useEffect(() => {
    let current = true;
    setProblem(undefined);
    setFollow(at === undefined);
    const first = at === undefined ? `${log}&before=end` : `${log}&at=${at}`;
    get<LogWindow>(first).then(
      (window) => {
        if (!current) return;
        hold({ parts: [window], size: window.size });
        const wish = { step: Number(step), stream, at: window.to, take: add };
        // From the middle of a long log nobody wants all that comes after it.
        listen(at === undefined ? { run: id, log: wish } : { run: id });
      },
      (error: unknown) => {
        if (!current) return;
        setProblem(problemOf(error));
        listen({ run: id });
      },
    );
    return () => {
      current = false;
      listen({ run: id });
    };
  }, [id, step, stream, at, log]);

  useLayoutEffect(() => {
    const box = place.current;
    if (!box) return;
    if (follow) box.scrollTop = box.scrollHeight;
  }, [held, follow]);

  const from = held.parts[0]?.from ?? 0;
  const until = held.parts.at(-1)?.to ?? 0;
  const more = async (wish: string, put: (window: LogWindow) => void) => {
    try {
      put(await get<LogWindow>(`${log}&${wish}`));
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  const older = () =>
    more(`before=${from}`, (window) => {
      setFollow(false);
      hold(({ parts, size }) => ({ parts: [window, ...parts].slice(0, 8), size }));
    });
  if (problem) return <Trouble problem={problem} />;
  if (logs.length === 0 && !running)
    return (
      <Empty title="This run has printed nothing.">
        <p>It may have ended before its first step began; its overview says why.</p>
      </Empty>
    );
  return (
    <>
      <div class="row">
        <select
          aria-label="Which log"
          value={`${step} ${stream}`}
          onChange={(event) => {
            const [one = "0", two = "stdout"] = event.currentTarget.value.split(" ");
            go(to(["runs", id, "logs"], { step: one, stream: two }));
          }}
        >
          {namesOf(logs, step, stream).map((name) => (
            <option key={`${name.step} ${name.stream}`} value={`${name.step} ${name.stream}`}>
              step {name.step}, {name.stream} ({formatBytes(name.bytes)})
            </option>
          ))}
        </select>
        <Search id={id} step={step} stream={stream} />
      </div>
      <div class="row">
        <Button
          disabled={from === 0}
          onClick={() => go(to(["runs", id, "logs"], { step, stream, at: 0 }))}
        >
          Beginning
        </Button>
        <Button disabled={from === 0} onClick={() => void older()}>
          Older lines
        </Button>
        {at !== undefined && (
          <Button disabled={until >= held.size} onClick={() => void more(`at=${until}`, add)}>
            Newer lines
          </Button>
        )}
        <Button
          disabled={at === undefined}
          onClick={() => go(to(["runs", id, "logs"], { step, stream }))}
        >
          End
        </Button>
        <label>
          <input
            type="checkbox"
            checked={follow}
            disabled={at !== undefined}
            onChange={(event) => setFollow(event.currentTarget.checked)}
          />{" "}
          follow
        </label>
        <span class="quiet">
          {formatBytes(from)} to {formatBytes(until)} of {formatBytes(held.size)}
        </span>
      </div>
      <section
        ref={place}
        class="log"
        aria-label="log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, with the keyboard too
        tabIndex={0}
      >
        <pre>
          {at !== undefined && Number(at) > 0 && held.parts[0]?.from === Number(at) ? (
            <Found text={held.parts[0].text} />
          ) : (
            held.parts[0]?.text
          )}
          {held.parts.slice(1).map(({ from: key, text }) => (
            <span key={key}>{text}</span>
          ))}
          {held.parts.at(-1)?.rest}
        </pre>
        {held.parts.length > 0 && held.size === 0 && (
          <p class="quiet">
            {running ? "Nothing yet; what it prints appears here." : "It is empty."}
          </p>
        )}
      </section>
    </>
  );
}

/** The line that was looked for is the first. */
function Found({ text }: { text: string }) {
  const end = text.indexOf("\n");
  return (
    <>
      <span class="found">{text.slice(0, end)}</span>
      {text.slice(end)}
    </>
  );
}

function bestStream(logs: LogName[], step: string): string {
  return logs.find((one) => String(one.step) === step)?.stream ?? "stdout";
}

function namesOf(logs: LogName[], step: string, stream: string): LogName[] {
  const has = logs.some((one) => String(one.step) === step && one.stream === stream);
  const chosen = { step: Number(step), stream: stream as LogName["stream"], bytes: 0 };
  return has ? logs : [chosen, ...logs];
}
