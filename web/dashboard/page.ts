import {
  chosen,
  keyOf,
  type Page,
  type Result,
  type Values,
} from "../../src/model/dashboard/results.ts";
import { refreshMs } from "../../src/model/dashboard/schema.ts";
import { card } from "./card.ts";
import { html } from "./html.ts";
import { inputsForm } from "./inputs.ts";

export interface Live {
  /** The queries' results for these values, asked now; without it the page has what it carries. */
  ask?(values: Values, signal: AbortSignal): Promise<Record<string, Result>>;
}

/** Draws a dashboard into an element, and draws it again when an input, the width or the data change. */
export function mount(into: HTMLElement, page: Page, { ask }: Live = {}): { close(): void } {
  const { spec } = page;
  const document = into.ownerDocument;
  const h = html(document);
  let values = chosen(page.choices);
  let results = carried(page, values);
  let asking: AbortController | undefined;

  const status = h("p", { class: "mf-status", role: "status" });
  const grid = h("div", { class: "mf-grid" });
  if (spec.columns !== undefined) grid.dataset.columns = String(spec.columns);
  const refresh = async () => {
    if (!ask) return;
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    grid.setAttribute("aria-busy", "true");
    try {
      const answered = await ask(values, mine.signal);
      if (mine.signal.aborted) return;
      results = answered;
      tell(Date.now());
    } catch (error) {
      if (mine.signal.aborted) return;
      status.textContent = `Not refreshed: ${(error as Error).message}`;
    }
    grid.removeAttribute("aria-busy");
    draw();
  };
  const changed = (wished: Values) => {
    values = wished;
    if (ask) return void refresh();
    results = carried(page, values);
    draw();
  };
  const again = h("button", { type: "button" }, "Refresh");
  again.addEventListener("click", () => void refresh());
  into.replaceChildren(
    h(
      "header",
      { class: "mf-head" },
      h("h1", {}, spec.title),
      spec.description !== undefined && h("p", {}, spec.description),
      page.choices.length > 0 && inputsForm(h, page.choices, { fixed: page.fixed, changed }),
      h("div", { class: "mf-state" }, status, ask && again),
    ),
    grid,
  );

  function tell(at: number): void {
    const time = new Date(at).toISOString().slice(0, 19).replace("T", " ");
    status.textContent = `Data of ${time} UTC`;
  }
  let drawn = 0;
  function draw(): void {
    const { width, columns } = roomIn(grid, spec.columns);
    drawn = width;
    const one = (width - (columns - 1) * GAP) / columns;
    const cards = spec.charts.map((chart, i) =>
      card(chart, "query" in chart ? results[chart.query] : undefined, {
        ...{ document, tips: true, id: `mf-chart-${i + 1}` },
        width: Math.round((chart.wide ? width : one) - PADDING),
      }),
    );
    grid.dataset.fit = String(columns);
    grid.replaceChildren(...cards);
  }
  tell(page.at);
  draw();
  const observer = new ResizeObserver(() => {
    if (Math.abs(roomIn(grid, spec.columns).width - drawn) > 2) draw();
  });
  observer.observe(grid);
  const every = refreshMs(spec);
  const timer =
    ask && every !== undefined
      ? setInterval(() => {
          if (!document.hidden) void refresh();
        }, every)
      : undefined;
  return {
    close() {
      observer.disconnect();
      clearInterval(timer);
      asking?.abort();
    },
  };
}

const GAP = 16;
/** Left and right of a chart within its card, with the border. */
const PADDING = 34;
const NARROWEST = 420;

function roomIn(grid: HTMLElement, wished = 2): { width: number; columns: number } {
  const width = grid.clientWidth || 1000;
  return {
    width,
    columns: Math.max(1, Math.min(wished, Math.floor((width + GAP) / (NARROWEST + GAP)))),
  };
}

/** What a page brings with it for these values. */
export function carried({ spec, results }: Page, values: Values): Record<string, Result> {
  return Object.fromEntries(
    Object.entries(spec.queries ?? {}).flatMap(([name, sql]) => {
      const result = results[name]?.[keyOf(sql, values)];
      return result ? [[name, result]] : [];
    }),
  );
}
