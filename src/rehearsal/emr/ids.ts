import { randomText } from "../protocol/random.ts";

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** As EMR names its things: j- clusters, s- steps, ig- and if- groups and fleets, ci- its view of an instance, p- user interfaces. */
export function newId(kind: "j" | "s" | "ig" | "if" | "ci" | "p"): string {
  return `${kind}-${randomText(LETTERS, 13)}`;
}
