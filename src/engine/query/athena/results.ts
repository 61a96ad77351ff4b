import type { AthenaExecution } from "../../../aws/athena.ts";
import { isAlive, parseProcess } from "../../../base/processes.ts";
import { attemptsOf, readJournal } from "../../../journal/journal.ts";
import type { AthenaPlace } from "./place.ts";

/** Where the result of one query is put, and nothing else: below what was told, what the workgroup says, or beside what is asked. */
export async function resultAt(place: AthenaPlace, token: string): Promise<string | undefined> {
  const { results, athena, workgroup, glue, database } = place;
  const told = results ?? (await athena.resultsOf(workgroup));
  if (told) return `${told.replace(/\/*$/, "/")}${token}/`;
  const tables = await glue.tables(database).catch(() => []);
  const [bucket] = tables.flatMap(
    ({ StorageDescriptor: at }) => /^s3:\/\/([^/]+)/.exec(at?.Location ?? "")?.[1] ?? [],
  );
  return bucket && `s3://${bucket}/mayfly/athena/${token}/`;
}

/** One query, and where its result may lie. */
export interface Left {
  /** Of its own folder, which nobody else writes to. */
  token: string;
  /** Where it was asked to put it; the folder with the token. */
  asked?: string | undefined;
  /** As Athena calls it, and where it says that the result is. */
  id?: string | undefined;
  named?: string | undefined;
}

const TOKEN = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The folder of one query alone; of any other place, as a workgroup may force it, the file with the query's name. What a journal
 * says, or an answer, is not enough to remove anything else: neither a bucket nor a folder of data.
 */
export function placeOf({ token, asked, id, named }: Left): string | undefined {
  const own = asked !== undefined && TOKEN.test(token) && asked.endsWith(`/${token}/`);
  if (asked !== undefined && (named === undefined || named.startsWith(asked)))
    return own ? asked : undefined;
  const file = named?.split("/").at(-1) ?? "";
  return id && id.length >= 6 && file.startsWith(`${id}.`) ? named : undefined;
}

export async function removeResult(place: AthenaPlace, left: Left): Promise<number> {
  const uri = placeOf(left);
  if (uri === undefined) return 0;
  const { store, path } = await place.stores.at(uri);
  return place.act(
    { do: "remove-result", id: `gone-${uri}` },
    async () => {
      const there: string[] = [];
      if (path.endsWith("/")) {
        for await (const page of store.list(path, true))
          there.push(...page.map((item) => item.path));
      } else
        for (const one of [path, `${path}.metadata`])
          if ((await store.stat(one))?.kind === "file") there.push(one);
      if (there.length > 0) await store.remove(there);
      return there.length;
    },
    (count) => count,
  );
}

/**
 * Results of queries of this project that nobody has removed: those of a command that was killed. What Athena still does for
 * such a one is stopped.
 */
export async function cleanResults(place: AthenaPlace): Promise<string[]> {
  const attempts = attemptsOf(readJournal(place.folder));
  const gone = new Set(
    attempts
      // Where nothing was found, Athena may have put it there since.
      .filter(({ intent, seen }) => intent.do === "remove-result" && Number(seen) > 0)
      .map(({ intent }) => intent.id),
  );
  const cleaned: string[] = [];
  for (const { intent, seen } of attempts) {
    if (intent.do !== "athena-query") continue;
    const asker = parseProcess(typeof intent.asker === "string" ? intent.asker : undefined);
    if (asker && isAlive(asker)) continue;
    const left: Left = {
      token: intent.id.replace(/^query-/, ""),
      asked: typeof intent.location === "string" ? intent.location : undefined,
      id: typeof seen === "string" ? seen : undefined,
    };
    if (gone.has(`gone-${left.asked}`)) continue;
    left.named = left.id === undefined ? undefined : await settled(place, left.id);
    const uri = placeOf(left);
    if (uri === undefined || gone.has(`gone-${uri}`)) continue;
    if ((await removeResult(place, left)) > 0) cleaned.push(uri);
  }
  return cleaned;
}

/** Where a query has put its result; it writes no more after this. */
async function settled({ athena }: AthenaPlace, id: string): Promise<string | undefined> {
  // Athena forgets a query after 45 days.
  const found = await athena.execution(id).catch(() => undefined);
  if (found && isOngoing(found)) await athena.stop(id);
  return found?.ResultConfiguration?.OutputLocation;
}

export const isOngoing = ({ Status }: AthenaExecution) => /^(?:QUEUED|RUNNING)$/.test(Status.State);
