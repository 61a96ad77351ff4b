import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openJournal } from "../../../src/journal/journal.ts";
import { DO } from "../../../src/targets/emr/life/intents.ts";
import { CALLER, type SmallAws } from "../servers/small-aws.ts";
import { openPlainCluster } from "./plain-cluster.ts";

/** What a run looks like whose process was killed when its cluster was open: its record is cut, its journal is whole. */
export async function leaveKilledRun(project: string, id: string, aws: SmallAws): Promise<string> {
  const name = `mayfly j ${id}`;
  const tags = { "mayfly:run": id, "mayfly:owner": CALLER };
  const cluster = await openPlainCluster(aws, name, tags);
  const folder = join(project, ".mayfly/runs", id);
  const active = join(project, ".mayfly/active");
  for (const path of [folder, active]) mkdirSync(path, { recursive: true });
  writeFileSync(join(folder, "run.json"), '{"version":1,"id":"2026');
  const endpoint = aws.env.AWS_ENDPOINT_URL ?? "";
  const where = { region: "us-east-1", owner: CALLER, endpoint };
  await openJournal(folder)(
    { do: DO.create, id: "cluster", name, where },
    () => cluster,
    (seen) => seen,
  );
  writeFileSync(join(active, id), JSON.stringify({ pid: process.pid, began: "0@gone" }));
  return cluster;
}
