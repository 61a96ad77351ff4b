import * as v from "valibot";

/** The words of `dashboard.yaml`: a list of what may be drawn, and no code. The published JSON Schema is made from this. */

const text = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform(String),
  v.check((one) => one.trim() !== "", "a text that is not empty"),
);
const column = v.pipe(v.string(), v.minLength(1, "the name of a column"));
const pattern = (form: RegExp, meaning: string) => v.pipe(v.string(), v.regex(form, meaning));
const whole = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.integer(`a whole number from ${least} to ${most}`),
    v.minValue(least, `a whole number from ${least} to ${most}`),
    v.maxValue(most, `a whole number from ${least} to ${most}`),
  );
const color = pattern(
  /^(?:#(?:[0-9a-f]{3}|[0-9a-f]{6})|[a-z]+)$/i,
  'a colour: "#1b9e77" (in quotes) or a name like teal',
);
/** Also stands in SQL, behind a `$`. */
const name = pattern(
  /^[A-Za-z_]\w*$/,
  "a name of letters, digits and _, which begins with no digit",
);
const day = pattern(/^\d{4}-\d\d-\d\d$/, "a day like 2026-01-31");
const DURATION = /^(\d+(?:\.\d+)?)\s*(s|m|h)$/;
/** YAML has numbers without end, and a page none of them. */
const number = v.pipe(v.number(), v.finite("a number that has an end"));
const value = v.union([v.string(), number]);

/** From a list or a query's first column; a number from one to another; a day. */
export const INPUT_FORMS = {
  select: v.strictObject({
    select: v.union([
      v.strictObject({ query: v.string() }),
      v.pipe(v.array(value), v.minLength(1, "a list with at least one value")),
    ]),
    label: v.optional(text),
    default: v.optional(value),
  }),
  range: v.strictObject({
    range: v.tuple([number, number]),
    step: v.optional(v.pipe(number, v.gtValue(0, "a number above 0"))),
    label: v.optional(text),
    default: v.optional(number),
  }),
  date: v.strictObject({
    date: v.tuple([day, day]),
    label: v.optional(text),
    default: v.optional(day),
  }),
};
const input = v.union(Object.values(INPUT_FORMS));

/** An empty one takes the column's name away. */
const label = v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(String)));
const labels = v.strictObject({ x: label, y: label, color: label, size: label });
const domain = v.tuple([number, number]);
const every = {
  title: v.optional(text),
  /** One line below it. */
  note: v.optional(text),
  wide: v.optional(v.boolean()),
};
const drawn = {
  ...every,
  query: v.string(),
  height: v.optional(whole(100, 2000)),
  facet: v.optional(column),
  labels: v.optional(labels),
  colors: v.optional(v.record(v.string(), color)),
  scale: v.optional(
    v.strictObject({
      x: v.optional(v.picklist(["linear", "log", "sqrt"])),
      y: v.optional(v.picklist(["linear", "log", "sqrt"])),
      color: v.optional(v.picklist(["linear", "log", "sqrt"])),
    }),
  ),
  domain: v.optional(v.strictObject({ x: v.optional(domain), y: v.optional(domain) })),
  /** One unit of x is as long as one of y. */
  square: v.optional(v.boolean()),
};
const best = v.optional(
  v.union([
    v.strictObject({ max: column, text: v.optional(column) }),
    v.strictObject({ min: column, text: v.optional(column) }),
  ]),
);
const xy = { ...drawn, x: column, y: column, color: v.optional(column) };
const grid = { ...drawn, x: column, y: column, color: column };
/** `-arr_delay` is the greatest first. */
const sort = v.optional(
  pattern(/^-?./, "the name of a column, with a - before it for the greatest first"),
);

export const MARKS = {
  line: v.strictObject({ mark: v.literal("line"), ...xy, best }),
  bar: v.strictObject({ mark: v.literal("bar"), ...xy, sort, best }),
  dot: v.strictObject({ mark: v.literal("dot"), ...xy, size: v.optional(column), best }),
  area: v.strictObject({ mark: v.literal("area"), ...xy }),
  heatmap: v.strictObject({ mark: v.literal("heatmap"), ...grid }),
  contour: v.strictObject({ mark: v.literal("contour"), ...grid }),
  surface: v.strictObject({ mark: v.literal("surface"), ...grid }),
  histogram: v.strictObject({
    mark: v.literal("histogram"),
    ...drawn,
    x: column,
    color: v.optional(column),
    bins: v.optional(whole(2, 200)),
  }),
  table: v.strictObject({
    mark: v.literal("table"),
    ...every,
    query: v.string(),
    columns: v.optional(v.pipe(v.array(column), v.minLength(1, "at least one column"))),
  }),
  number: v.strictObject({
    mark: v.literal("number"),
    ...every,
    query: v.string(),
    value: column,
    unit: v.optional(text),
  }),
  text: v.strictObject({ mark: v.literal("text"), ...every, text }),
};

const chart = v.variant("mark", [
  MARKS.line,
  MARKS.bar,
  MARKS.dot,
  MARKS.area,
  MARKS.heatmap,
  MARKS.contour,
  MARKS.surface,
  MARKS.histogram,
  MARKS.table,
  MARKS.number,
  MARKS.text,
]);

export const dashboardSchema = v.strictObject({
  title: text,
  description: v.optional(text),
  refresh: v.optional(v.pipe(text, v.regex(DURATION, "a time: 30s, 5m, 1h"))),
  /** How many charts stand side by side where there is room. */
  columns: v.optional(whole(1, 4)),
  inputs: v.optional(v.record(name, input)),
  queries: v.optional(v.record(name, v.pipe(v.string(), v.minLength(1, "SQL")))),
  charts: v.pipe(v.array(chart), v.minLength(1, "a list with at least one chart")),
});

export type Dashboard = v.InferOutput<typeof dashboardSchema>;
export type Chart = Dashboard["charts"][number];
export type Drawn = Extract<Chart, { x: string }>;
export type DashboardInput = NonNullable<Dashboard["inputs"]>[string];
export type Mark = keyof typeof MARKS;

/** Undefined where it is not asked again by itself. A second is the least. */
export function refreshMs({ refresh }: Dashboard): number | undefined {
  const [, count = "0", unit = "s"] = DURATION.exec(refresh ?? "") ?? [];
  const ms = Number(count) * { s: 1000, m: 60_000, h: 3_600_000 }[unit as "s" | "m" | "h"];
  return ms > 0 ? Math.max(1000, ms) : undefined;
}
