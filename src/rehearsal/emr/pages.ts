import { invalidRequest } from "../protocol/errors.ts";

/** A page of a list, and the marker of the next; the marker is where it goes on. */
export function page<T>(
  items: T[],
  marker: string | undefined,
  size: number,
): { items: T[]; Marker?: string } {
  const start = marker === undefined ? 0 : Number(Buffer.from(marker, "base64url").toString());
  if (!Number.isInteger(start) || start < 0) throw invalidRequest("Marker is not valid.");
  const end = start + size;
  return {
    items: items.slice(start, end),
    ...(end < items.length ? { Marker: Buffer.from(String(end)).toString("base64url") } : {}),
  };
}
