import { randomInt } from "node:crypto";

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

function random(letters: string, count: number): string {
  return Array.from({ length: count }, () => letters[randomInt(letters.length)]).join("");
}

/** As EMR names its things: j- clusters, s- steps, ig- and if- groups and fleets, ci- its view of an instance, p- user interfaces. */
export function newId(kind: "j" | "s" | "ig" | "if" | "ci" | "p"): string {
  return `${kind}-${random(LETTERS, 13)}`;
}
