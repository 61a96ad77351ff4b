import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A project with one run that has succeeded, and written these tables as CSV. */
export function ranProject(
  folder: string,
  tables: Record<string, string>,
  id = "20260102-030405-abc123",
): void {
  const outputs = Object.entries(tables).map(([name, csv]) => {
    const path = join(folder, ".mayfly/s3/results", name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "part-0.csv"), csv);
    return {
      ...{ name, uri: `s3://results/${name}`, path, files: 1, bytes: csv.length, format: "csv" },
    };
  });
  const run = join(folder, ".mayfly/runs", id);
  mkdirSync(run, { recursive: true });
  const at = Date.UTC(2026, 0, 2, 3, 4, 5);
  writeFileSync(
    join(run, "run.json"),
    JSON.stringify({
      ...{ version: 1, id, job: "job", source: "job", target: "local", kind: "local" },
      ...{ state: "succeeded", createdAt: at, endedAt: at + 1000, steps: [], outputs, request: {} },
    }),
  );
}
