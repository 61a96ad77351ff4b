/** A price of something by its kind, as far as they are known. */
interface Row {
  region: string;
  what: string;
  unit: string;
  prices: Partial<Record<string, { usd: number; of: string }>>;
}

/** A row of the table of prices: region, what, on demand, spot, EMR, per, of. */
export function priceCells({ region, what, unit, prices: all }: Row): string[] {
  const machine = unit === "hour" && !what.startsWith("serverless");
  const one = (kind: string) => {
    const price = all[kind];
    return price ? `$${price.usd}` : kind === "on_demand" || machine ? "unknown" : "";
  };
  const days = Object.values(all).flatMap((price) => price?.of ?? []);
  const of = [...new Set(days)].sort().join(", ");
  return [region, what, one("on_demand"), one("spot"), one("emr"), unit, of];
}
