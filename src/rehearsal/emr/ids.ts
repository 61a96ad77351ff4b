import { randomText } from "../protocol/random.ts";

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** As EMR names its things: j- clusters, s- steps, ig- and if- groups and fleets, ci- its view of an instance. */
export function newId(kind: "j" | "s" | "ig" | "if" | "ci"): string {
  return `${kind}-${randomText(LETTERS, 13)}`;
}

/** As EC2 names an instance. */
export function newInstanceId(): string {
  return `i-${randomText("0123456789abcdef", 17)}`;
}
