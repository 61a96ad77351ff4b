import { MayflyError } from "../base/errors.ts";
import { didYouMean } from "../base/nearest.ts";
import type { Target } from "./target.ts";

/** The one registry of kinds; each is loaded only when it is used. */
const KINDS: Record<string, () => Promise<(name: string) => Target>> = {
  local: async () => (await import("./local/local.ts")).localTarget,
};

export function kinds(): string[] {
  return Object.keys(KINDS);
}

export async function makeTarget(kind: string, name: string): Promise<Target> {
  const load = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (!load) {
    throw new MayflyError(
      "usage",
      `cannot run on "${kind}": no such kind of target`,
      didYouMean(kind, kinds()) ?? `kinds: ${kinds().join(", ")}`,
    );
  }
  return (await load())(name);
}
