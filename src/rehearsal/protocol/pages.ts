/** A page of a list, and where the next one goes on; undefined for a marker that none of our answers held. */
export function cut<T>(
  items: readonly T[],
  marker: string | undefined,
  size: number,
): { items: T[]; next?: string } | undefined {
  const said = marker === undefined ? "0" : Buffer.from(marker, "base64url").toString();
  if (!/^\d+$/.test(said)) return undefined;
  const start = Number(said);
  const end = start + size;
  return {
    items: items.slice(start, end),
    ...(end < items.length ? { next: Buffer.from(String(end)).toString("base64url") } : {}),
  };
}
