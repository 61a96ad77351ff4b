import { useState } from "preact/hooks";
import type { Plan } from "../../../src/console/api.ts";
import { formatQuote } from "../../../src/model/money/money.ts";
import { Button } from "./parts.tsx";

/** What would happen and cost, in the words and the order of `mayfly plan`. */
export function PlanView({ plan }: { plan: Plan }) {
  const { actions, notes, warnings = [], unseen = [], quote, line, policy } = plan;
  return (
    <>
      <p class="cost">
        cost: <strong>{formatQuote(quote)}</strong>
      </p>
      <ul class="quiet">
        {quote.assumes.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      {warnings.length > 0 && (
        <section class="notice warm" aria-label="Warnings">
          {warnings.map((text) => (
            <p key={text}>warning: {text}</p>
          ))}
        </section>
      )}
      {[...notes.map((text) => `note: ${text}`), ...unseen].map((text) => (
        <p key={text} class="quiet words">
          {text}
        </p>
      ))}
      <h2>What would be done</h2>
      <ol>
        {actions.map((action, i) => (
          <li key={`${i} ${action}`} class="words">
            {action}
          </li>
        ))}
      </ol>
      {line && <Copied title="The cluster by hand" text={line} open />}
      {policy && <Copied title="The permissions it needs" text={JSON.stringify(policy, null, 2)} />}
    </>
  );
}

function Copied({ title, text, open = false }: { title: string; text: string; open?: boolean }) {
  const [said, say] = useState("");
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => say("copied"),
      () => say("this browser does not let a page copy: select the text"),
    );
  return (
    <details open={open}>
      <summary>{title}</summary>
      <p class="row">
        <Button onClick={() => void copy()}>Copy</Button>
        <span role="status" class="quiet">
          {said}
        </span>
      </p>
      <section
        class="code"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, with the keyboard too
        tabIndex={0}
        aria-label={title}
      >
        <pre>{text}</pre>
      </section>
    </details>
  );
}
