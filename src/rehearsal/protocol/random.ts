import { randomInt } from "node:crypto";

/** So many of these letters, as services name their things. */
export function randomText(letters: string, count: number): string {
  return Array.from({ length: count }, () => letters[randomInt(letters.length)]).join("");
}
