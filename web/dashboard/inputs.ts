import type { Choice, Value, Values } from "../../src/model/dashboard/results.ts";
import type { Html } from "./html.ts";

/** The controls above the charts; whoever moves one is told of all values. */
export function inputsForm(
  h: Html,
  choices: readonly Choice[],
  { fixed, changed }: { fixed: readonly string[]; changed(values: Values): void },
): HTMLElement {
  const values: Values = Object.fromEntries(choices.map(({ name, value }) => [name, value]));
  const fields = choices.map((choice) => {
    const id = `mf-input-${choice.name}`;
    const locked = fixed.includes(choice.name);
    const shown = h("output", { for: id }, String(choice.value));
    const control = controlOf(h, choice, id);
    control.disabled = locked;
    control.addEventListener("input", () => {
      const value = readValue(choice, control.value);
      if (value === undefined) return;
      values[choice.name] = value;
      shown.textContent = String(value);
      changed({ ...values });
    });
    return h(
      "div",
      { class: "mf-field" },
      h("label", { for: id }, choice.label),
      control,
      choice.kind === "range" && shown,
      locked && h("p", { class: "mf-note" }, "This page holds the results of this value only."),
    );
  });
  const form = h("form", { class: "mf-inputs", "aria-label": "Inputs" }, ...fields);
  form.addEventListener("submit", (event) => event.preventDefault());
  return form;
}

function controlOf(h: Html, choice: Choice, id: string): HTMLInputElement | HTMLSelectElement {
  const { name, kind, from, to, step, value, options = [] } = choice;
  if (kind === "select") {
    const all = options.map((one, i) => {
      const option = h("option", { value: String(i) }, String(one));
      if (one === value) option.setAttribute("selected", "");
      return option;
    });
    return h("select", { id, name }, ...all);
  }
  const limits = { min: String(from), max: String(to) };
  return h("input", {
    ...{ id, name, type: kind, ...limits, value: String(value) },
    ...(kind === "range" ? { step: String(step ?? 1) } : {}),
  });
}

/** Undefined while somebody is still typing. */
function readValue({ kind, options, from, to }: Choice, text: string): Value | undefined {
  if (kind === "select") return options?.[Number(text)];
  const value = kind === "range" ? Number(text) : text;
  return value !== "" && value >= (from ?? value) && value <= (to ?? value) ? value : undefined;
}
