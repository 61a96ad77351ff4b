import { relative } from "node:path";
import { Hono } from "hono";
import { MayflyError } from "../../base/errors.ts";
import { inBrief } from "../../engine/data/report/brief.ts";
import { checkAll } from "../../engine/data/report/report.ts";
import { withStores } from "../../engine/fs/stores.ts";
import type { CheckView } from "../api.ts";
import type { ConsoleContext } from "../context.ts";
import { readJson, textOf } from "../safety/guard.ts";
import { insideProject } from "./files.ts";

const USUAL_FILES = 10_000;
const AT_ONCE = 4;
/** As long as Linux lets a path be, and longer than any key of S3. */
const LONGEST = 4096;

/** What `data check` is on the command line. */
export function dataRoutes({ project, files, works }: ConsoleContext): Hono {
  const app = new Hono();
  const keyOf = (uri: string) => `check ${uri}`;
  /** Each holds a list of all its files: many at once would fill the memory, and none would come to its end. */
  const requireRoom = (uri: string) => {
    const going = works.all().filter(({ key, endedAt }) => {
      return key.startsWith(keyOf("")) && key !== keyOf(uri) && endedAt === undefined;
    });
    if (going.length < AT_ONCE) return;
    throw new MayflyError(
      "busy",
      `cannot check "${uri}": ${going.length} other checks go on in this console`,
      "wait until one has ended, or cancel one",
    );
  };
  app.post("/check", async (c) => {
    const said = await readJson<{ uri?: unknown; files?: unknown }>(c);
    const uri = readUri(said.uri);
    const most = readMost(said.files);
    const place = belowProject(insideProject(uri, project), project);
    requireRoom(uri);
    const begun = works.begin(keyOf(uri), `check "${uri}"`, ({ found, signal }) =>
      withStores({ ...files, cwd: project }, async (stores) => {
        const soFar = (count: number, of?: number) =>
          found({ count, ...(of === undefined ? {} : { of }) } satisfies CheckView);
        // A link within the project may lead out of it.
        const may = (one: string) => void insideProject(one, project);
        const report = await checkAll({ uri: place, files: most }, stores, { signal, soFar, may });
        return { report: inBrief(report) } satisfies CheckView;
      }),
    );
    return c.json(begun, 202);
  });
  app.post("/check/cancel", async (c) => {
    const { uri } = await readJson<{ uri?: unknown }>(c);
    works.cancel(keyOf(readUri(uri)));
    return c.json({}, 202);
  });
  return app;
}

/** Where the project's own name would be taken for a pattern, its neighbours would be listed. */
function belowProject(place: string, project: string): string {
  if (!/[*?[]/.test(project) || !place.startsWith(project)) return place;
  return relative(project, place) || ".";
}

function readUri(said: unknown): string {
  const uri = typeof said === "string" ? said.trim() : "";
  if (uri.length > LONGEST)
    throw new MayflyError(
      "usage",
      `cannot check "${uri.slice(0, 60)}…": no place has a name of ${uri.length} characters`,
      `name a folder of it, in ${LONGEST} characters at most`,
    );
  if (uri !== "") return uri;
  throw new MayflyError(
    "usage",
    "cannot check data: no place is named",
    "name a file, a folder, a pattern, or s3://BUCKET/FOLDER",
  );
}

function readMost(said: unknown): number {
  const text = textOf(said).trim();
  if (text === "") return USUAL_FILES;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new MayflyError(
    "usage",
    `cannot read --files "${text}": it is no whole number from 1`,
    "for example --files 1000",
  );
}
