import * as v from "valibot";

/** A day and a source, and the prices that are from there. Dollars of the United States. */
const dollars = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform(Number),
  v.check((usd) => usd >= 0, "dollars, as 0.192"),
);
const day = v.pipe(v.string(), v.isoDate("a day like 2026-01-31"));
const byName = <T extends v.GenericSchema>(one: T) =>
  v.record(v.pipe(v.string(), v.minLength(1)), one);

export const layerSchema = v.strictObject({
  of: day,
  from: v.pipe(v.string(), v.minLength(1)),
  /** Region → instance type → dollars an hour: EC2 on demand and spot for Linux, and what EMR takes on top. */
  hour: v.optional(
    byName(
      byName(
        v.strictObject({
          on_demand: v.optional(dollars),
          spot: v.optional(dollars),
          emr: v.optional(dollars),
        }),
      ),
    ),
  ),
  /** Region → volume type, or `s3` → dollars a gigabyte and month. */
  month: v.optional(byName(byName(dollars))),
  /** Region → EMR Serverless, Linux on x86. */
  serverless: v.optional(
    byName(v.strictObject({ vcpu_hour: v.optional(dollars), gb_hour: v.optional(dollars) })),
  ),
  /** Region → dollars for 2^40 bytes that Athena reads. */
  athena: v.optional(byName(dollars)),
});

export const layersSchema = v.array(layerSchema);

export type Layer = v.InferOutput<typeof layerSchema>;

export interface Price {
  usd: number;
  /** The day it is from. */
  of: string;
  from: string;
}

export type HourKind = "on_demand" | "spot" | "emr";

/** Prices by what they are for: the first layer that knows one has the word. */
export interface Prices {
  layers: Layer[];
  hour(region: string, type: string, kind: HourKind): Price | undefined;
  month(region: string, what: string): Price | undefined;
  serverless(region: string, what: "vcpu_hour" | "gb_hour"): Price | undefined;
  athena(region: string): Price | undefined;
}

export function pricesOf(layers: Layer[]): Prices {
  const first = (find: (layer: Layer) => number | undefined): Price | undefined => {
    for (const layer of layers) {
      const usd = find(layer);
      if (usd !== undefined) return { usd, of: layer.of, from: layer.from };
    }
    return undefined;
  };
  return {
    layers,
    hour: (region, type, kind) => first(({ hour }) => hour?.[region]?.[type]?.[kind]),
    month: (region, what) => first(({ month }) => month?.[region]?.[what]),
    athena: (region) => first(({ athena }) => athena?.[region]),
    serverless: (region, what) => first(({ serverless }) => serverless?.[region]?.[what]),
  };
}
