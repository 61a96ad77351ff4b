import { to } from "../lib/route.ts";
import { Doctor } from "./doctor.tsx";
import { Prune } from "./prune.tsx";
import { Warm } from "./warm.tsx";

const TABS = [
  ["doctor", "doctor"],
  ["warm", "warm drivers"],
  ["prune", "prune"],
] as const;

/** This machine: whether it is ready, what waits on it, what can go. */
export function MachinePage({ tab = "doctor" }: { tab?: string | undefined }) {
  return (
    <>
      <h1>This machine</h1>
      <nav class="tabs" aria-label="Of this machine">
        {TABS.map(([one, text]) => (
          <a key={one} href={to(["machine", one])} aria-current={one === tab ? "page" : undefined}>
            {text}
          </a>
        ))}
      </nav>
      {tab === "warm" ? <Warm /> : tab === "prune" ? <Prune /> : <Doctor />}
    </>
  );
}
