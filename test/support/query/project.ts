import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../cli.ts";

export const RUN = "20260102-030405-abc123";

/** A project whose runs have left these outputs in the laptop's buckets: name → file → content. */
export function makeProject(
  outputs: Record<string, Record<string, string | Buffer>>,
  files: Record<string, string | Buffer> = {},
) {
  const folder = makeFolder(files);
  addRun(folder.path, RUN, outputs);
  return {
    ...folder,
    env: { MAYFLY_CACHE: `${folder.path}/.cache`, HOME: folder.path },
    run: (id: string, more: typeof outputs, record: object = {}) =>
      addRun(folder.path, id, more, record),
  };
}

function addRun(
  project: string,
  id: string,
  outputs: Record<string, Record<string, string | Buffer>>,
  record: object = {},
) {
  const described = Object.entries(outputs).map(([name, files]) => {
    const path = join(project, ".mayfly/s3/out", name);
    for (const [file, content] of Object.entries(files)) writeFile(join(path, file), content);
    const bytes = Object.values(files).reduce((sum, content) => sum + content.length, 0);
    const format =
      /\.(csv|json|parquet|orc|txt)(?:\.\w+)?$/.exec(Object.keys(files)[0] ?? "")?.[1] ?? "text";
    return { name, uri: `s3://out/${name}`, path, files: Object.keys(files).length, bytes, format };
  });
  const run = {
    ...{ version: 1, id, job: "job.py", source: "job.py", target: "local", kind: "local" },
    ...{ state: "succeeded", createdAt: 1, steps: [], outputs: described, request: {} },
    ...record,
  };
  writeFile(join(project, `.mayfly/runs/${id}/run.json`), JSON.stringify(run));
}

function writeFile(path: string, content: string | Buffer) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
