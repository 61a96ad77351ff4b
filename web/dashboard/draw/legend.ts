import type { Colors } from "./colors.ts";
import { labelOf } from "./rows.ts";
import { type Size, svg, widthOf } from "./svg.ts";

const LINE = 18;

/** Plot's own legends are HTML with styles inside: these are SVG, so that they are part of an exported picture. */
export function legendOf(
  document: Document,
  colors: Colors,
  scale: { domain: Iterable<unknown>; apply(value: unknown): unknown } | undefined,
  { title, width }: { title: string | undefined; width: number },
): (Size & { node: SVGElement }) | undefined {
  if (colors.kind === "none" || !scale) return undefined;
  const make = svg(document);
  const parts: SVGElement[] = [];
  let x = 0;
  let y = 0;
  const text = (content: string, bold = false) => {
    const wide = widthOf(content);
    if (x > 0 && x + wide > width) {
      x = 0;
      y += LINE;
    }
    const weight = bold ? { "font-weight": "bold" } : {};
    parts.push(make("text", { x, y: y + 12, fill: "currentColor", ...weight }, content));
    x += wide;
  };
  if (title) {
    text(title, true);
    x += 12;
  }
  if (colors.kind === "named")
    for (const [i, cell] of colors.domain.entries()) {
      const label = labelOf(cell) || "(nothing)";
      if (x > 0 && x + 16 + widthOf(label) > width) {
        x = 0;
        y += LINE;
      }
      parts.push(
        make("rect", { x, y: y + 2, width: 12, height: 12, rx: 2, fill: colors.range[i] ?? "" }),
      );
      x += 16;
      text(label);
      x += 14;
    }
  else {
    const [least = 0, most = 0] = [...scale.domain].map(Number);
    const steps = 32;
    text(labelOf(least));
    x += 6;
    for (let i = 0; i < steps; i++) {
      const fill = String(scale.apply(least + ((most - least) * i) / (steps - 1)));
      parts.push(make("rect", { x: x + i * 5, y: y + 2, width: 5.5, height: 12, fill }));
    }
    x += steps * 5 + 6;
    text(labelOf(most));
  }
  const height = y + LINE + 4;
  const node = make("svg", {
    ...{ width, height, viewBox: `0 0 ${width} ${height}`, "font-size": 11, class: "mf-legend" },
    ...{ "font-family": "system-ui, sans-serif", "aria-hidden": "true" },
  });
  node.append(...parts);
  return { node, width, height };
}
