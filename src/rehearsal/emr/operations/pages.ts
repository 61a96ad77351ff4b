import { invalidRequest } from "../../protocol/errors.ts";
import { cut } from "../../protocol/pages.ts";

/** A page of a list, and the marker of the next; the marker is where it goes on. */
export function page<T>(
  items: T[],
  marker: string | undefined,
  size: number,
): { items: T[]; Marker?: string } {
  const found = cut(items, marker, size);
  if (!found) throw invalidRequest("Marker is not valid.");
  return { items: found.items, ...(found.next ? { Marker: found.next } : {}) };
}
