import { signal } from "@preact/signals";
import { go } from "./route.ts";

export const helpOpen = signal(false);

export const PAGES = [
  ["r", "runs", "Runs"],
  ["l", "plan", "Plan"],
  ["c", "clusters", "Clusters"],
  ["s", "storage", "Storage"],
  ["q", "sql", "SQL"],
  ["d", "dashboards", "Dashboards"],
  ["h", "rehearsal", "Rehearsal"],
  ["p", "prices", "Prices"],
  ["m", "machine", "Machine"],
] as const;

export const SHORTCUTS: [string, string][] = [
  ...PAGES.map(([key, , title]): [string, string] => [`g ${key}`, `go to ${title}`]),
  ["/", "search or filter on this page"],
  ["j, k", "next and previous row of a list"],
  ["Enter", "open what has the focus"],
  ["Ctrl Enter", "run the query"],
  ["Esc", "close what is open, leave a field"],
  ["?", "this help"],
];

let before = "";

/** Single keys, where nothing is being written. */
addEventListener("keydown", (event) => {
  const { key, ctrlKey, metaKey, altKey } = event;
  const target = event.composedPath()[0];
  const writing =
    target instanceof HTMLElement &&
    target.matches("input, textarea, select, [contenteditable='true'], [contenteditable='true'] *");
  if (key === "Escape" && writing && !target.closest(".cm-editor")) target.blur();
  if (writing || ctrlKey || metaKey || altKey) return;
  const page = before === "g" ? PAGES.find(([one]) => one === key) : undefined;
  before = key;
  if (page) go(`#/${page[1]}`);
  else if (key === "?") helpOpen.value = true;
  else if (key === "/") focus("[data-search]");
  else if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
  else return;
  event.preventDefault();
});

function focus(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}

/** From row to row: the link of each is what has the focus. */
function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const now = rows.indexOf(document.activeElement as HTMLElement);
  rows[Math.min(rows.length - 1, Math.max(0, now + by))]?.focus();
}
