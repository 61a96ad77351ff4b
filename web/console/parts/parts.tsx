import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { formatDuration } from "../../../src/base/format.ts";
import type { Problem } from "../../../src/console/api.ts";

/** What went wrong, and what to do about it. */
export function Trouble({ problem, again }: { problem: Problem; again?: () => void }) {
  return (
    <div class="notice bad" role="alert">
      <p class="what">{problem.message}</p>
      {problem.remedy && <p>{problem.remedy}</p>}
      {again && (
        <p>
          <Button onClick={again}>Try again</Button>
        </p>
      )}
    </div>
  );
}

/** There is nothing yet: how something gets here. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice empty">
      <p class="what">{title}</p>
      {children}
    </div>
  );
}

export const Busy = ({ what, since }: { what: string; since?: number }) => (
  <p class="busy">
    <span role="status">{what}…</span> {since !== undefined && <Elapsed since={since} />}
  </p>
);

/** How long something goes on, as it does. */
export function Elapsed({ since }: { since: number }) {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <span class="elapsed">{formatDuration(Math.max(0, now - since))}</span>;
}

export function Button({
  kind = "",
  ...more
}: { kind?: "main" | "danger" | "" } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return <button type="button" class={kind} {...more} />;
}

/** A table that is wider than a narrow window scrolls, with the keyboard too. */
export const Scroll = ({ label, children }: { label: string; children: ComponentChildren }) => (
  <section
    class="scroll"
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, with the keyboard too
    tabIndex={0}
    aria-label={label}
  >
    {children}
  </section>
);

/** Names of columns, where they are words and no more. */
export const Head = ({ columns }: { columns: string[] }) => (
  <thead>
    <tr>
      {columns.map((name) => (
        <th key={name} scope="col">
          {name}
        </th>
      ))}
    </tr>
  </thead>
);

const MARKS: Record<string, string> = {
  succeeded: "✓",
  failed: "✗",
  running: "●",
  cancelled: "–",
  killed: "✗",
  damaged: "!",
};

/** Never by colour alone. */
export const State = ({ state }: { state: string }) => (
  <span class={`state ${state}`}>
    <span aria-hidden="true">{MARKS[state] ?? "○"}</span> {state}
  </span>
);

export function Dialog({
  title,
  close,
  children,
}: {
  title: string;
  close(): void;
  children: ComponentChildren;
}) {
  const place = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    place.current?.showModal();
  }, []);
  return (
    <dialog ref={place} onClose={close} aria-labelledby="dialog-title">
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  );
}

/** What cannot be taken back is asked about, with what it does in words. */
export function Confirm({
  title,
  does,
  close,
  children,
}: {
  title: string;
  does(): void;
  close(): void;
  children: ComponentChildren;
}) {
  return (
    <Dialog title={title} close={close}>
      {children}
      <p class="row end">
        <Button onClick={close}>Leave it</Button>
        <Button
          kind="danger"
          onClick={() => {
            close();
            does();
          }}
        >
          {title}
        </Button>
      </p>
    </Dialog>
  );
}

export const Facts = ({ facts }: { facts: [string, ComponentChildren][] }) => (
  <dl class="facts">
    {facts.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

export const time = (at: number): string => {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};
