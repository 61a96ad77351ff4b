import type { Problem } from "../../../storage/formats/types.ts";
import type { Looked } from "./look-all.ts";

/**
 * Spark goes down into folders only where they are called k=v. What lies elsewhere is left out without
 * a word, as long as there is anything else to read.
 */
export function layoutProblems(looked: readonly Looked[]): Map<string, Problem[]> {
  const partitioned = looked.some((file) => file.partitions.length > 0);
  const left = looked.filter((file) =>
    partitioned ? file.partitions.length === 0 : file.name.includes("/"),
  );
  if (left.length === looked.length) return new Map();
  const text = partitioned
    ? "Spark leaves it out: it lies beside folders that are partitions"
    : "Spark leaves it out: it lies in a folder below, which is not called k=v";
  return new Map(left.map((file) => [file.uri, [{ kind: "layout", text }]]));
}

/** All of it lies in folders that Spark does not go down to. */
export function allBelow(looked: readonly Looked[]): boolean {
  return looked.every((file) => file.name.includes("/") && file.partitions.length === 0);
}
