import { kinds, makeTarget } from "../../targets/index.ts";
import { knownClusters } from "../clusters/records.ts";
import { loadProject } from "../project.ts";

/** The words that a project knows: its jobs, and where they can run. */
export interface Words {
  jobs: string[];
  places: { name: string; kind: string; what: "target" | "kind" | "cluster"; opens: boolean }[];
}

export async function wordsOf(project: string): Promise<Words> {
  const { file } = await loadProject(project);
  const named = await Promise.all(
    Object.entries(file?.targets ?? {}).map(async ([name, entry]) => {
      const opens = (await makeTarget(entry.kind, name, entry)).clusters !== undefined;
      return { name, kind: entry.kind, what: "target" as const, opens };
    }),
  );
  const others = await Promise.all(
    kinds()
      .filter((kind) => !named.some(({ name }) => name === kind))
      .map(async (kind) => {
        const opens = (await makeTarget(kind, kind)).clusters !== undefined;
        return { name: kind, kind, what: "kind" as const, opens };
      }),
  );
  const open = knownClusters().map(({ name, kind }) => ({
    ...{ name, kind, what: "cluster" as const, opens: false },
  }));
  return { jobs: Object.keys(file?.jobs ?? {}), places: [...named, ...others, ...open] };
}
