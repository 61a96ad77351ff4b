import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { type Context, Hono } from "hono";
import { MayflyError } from "../../base/errors.ts";
import { dashboardData } from "../../engine/dashboard/ask.ts";
import { pageName } from "../../engine/dashboard/build.ts";
import { carry } from "../../engine/dashboard/carry.ts";
import { chartFiles, readFormat, USUAL_WIDTH } from "../../engine/dashboard/export.ts";
import { openDashboard } from "../../engine/dashboard/find.ts";
import { pageHtml } from "../../engine/dashboard/html.ts";
import { loadProject } from "../../engine/project.ts";
import type { DashboardFile, DashboardPage } from "../api.ts";
import type { ConsoleContext } from "../context.ts";
import { forPage } from "../live/desk.ts";
import { attached } from "../safety/attached.ts";
import { problemOf } from "../safety/errors.ts";
import { insideProject } from "./files.ts";

/** Inputs of which a page carries one value only: a file cannot say so itself. */
const FIXED = "x-mayfly-fixed";
const DEEP = 4;
const USUAL = /(^|[.-])dashboard\.ya?ml$/;
/** Nobody writes that much of a dashboard. */
const LONGEST = 1_000_000;

export function dashboardRoutes({ project, sql }: ConsoleContext): Hono {
  const app = new Hono();
  /** The file, the inputs and whom to ask, as a request names them. */
  const asked = async (c: Context) => {
    const { file = "", values = "{}" } = c.req.query();
    // Only what the list names: a file's place is not for the address to say.
    if (!(await filesOf(project)).includes(file)) {
      throw new MayflyError(
        "not-found",
        `cannot show the dashboard "${file}": there is none of that name`,
        "the list of dashboards has those of this project",
      );
    }
    const query = forPage(await sql.open(), c.req.raw.signal);
    return { path: resolve(project, file), inputs: readValues(values), query };
  };
  const dataOf = async (c: Context) => {
    const { path, inputs, query } = await asked(c);
    return dashboardData(project, path, inputs, query);
  };
  app.get("/", async (c) => c.json((await filesOf(project)).map((file) => listed(project, file))));
  app.get("/page", async (c) => c.json((await dataOf(c)) satisfies DashboardPage));
  /** What `dashboard build` writes. */
  app.get("/build", async (c) => {
    const { path, inputs, query } = await asked(c);
    const page = await carry(openDashboard(path), inputs, query);
    c.header(FIXED, encodeURIComponent(page.fixed.join(", ")));
    return c.body(await pageHtml(page), 200, attached(pageName(path)));
  });
  /** What `dashboard export` writes of one chart, with the results that the page shows. */
  app.get("/chart", async (c) => {
    const { chart = "", format = "", dark } = c.req.query();
    const wish = { formats: [readFormat(format)], width: USUAL_WIDTH, dark: dark === "1" };
    for await (const { name, content } of chartFiles(await dataOf(c), { ...wish, charts: [chart] }))
      return c.body(
        typeof content === "string" ? content : new Uint8Array(content),
        200,
        attached(name),
      );
    throw new MayflyError(
      "usage",
      `cannot export the chart "${chart}" as ${format}: it shows no rows of a query`,
      "take it as svg or png",
    );
  });
  return app;
}

function listed(project: string, file: string): DashboardFile {
  try {
    return { file, title: openDashboard(resolve(project, file)).spec.title };
  } catch (error) {
    const { message, remedy } = problemOf(error, `read "${file}"`);
    return { file, problem: remedy === undefined ? message : `${message} ${remedy}` };
  }
}

function readValues(text: string): Record<string, string | number> {
  try {
    const values: unknown = JSON.parse(text);
    const sound =
      typeof values === "object" &&
      values !== null &&
      !Array.isArray(values) &&
      Object.values(values).every((one) => typeof one === "string" || typeof one === "number");
    if (sound) return values as Record<string, string | number>;
  } catch {
    // told below
  }
  throw new MayflyError(
    "usage",
    `cannot read the inputs "${text}": they are no JSON object of texts and numbers`,
    'for example {"n": 7}',
  );
}

/** Those that jobs name, those of the usual name, and what else reads like one: `serve FILE` takes any name. */
async function filesOf(project: string): Promise<string[]> {
  const { file } = await loadProject(project).catch(() => ({ file: undefined }));
  const named = Object.values(file?.jobs ?? {})
    .flatMap(({ dashboard }) => dashboard ?? [])
    .filter((one) => isInside(resolve(project, one), project));
  const found = filesIn(project, DEEP).map((path) => relative(project, path));
  return [...new Set([...named.map((one) => relative(project, resolve(project, one))), ...found])]
    .filter((path) => !path.startsWith(".."))
    .sort();
}

/** A link that a job names may lead out of the project. */
function isInside(path: string, project: string): boolean {
  try {
    insideProject(path, project);
    return true;
  } catch {
    return false;
  }
}

function filesIn(folder: string, deep: number): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile())
      return USUAL.test(entry.name) || readsLikeOne(entry.name, path) ? [path] : [];
    const other =
      !entry.isDirectory() || entry.name.startsWith(".") || entry.name === "node_modules";
    return other || deep === 0 ? [] : filesIn(path, deep - 1);
  });
}

/** A file of another name is one by its words. */
function readsLikeOne(name: string, path: string): boolean {
  if (!/\.ya?ml$/.test(name)) return false;
  const text = statSync(path).size > LONGEST ? "" : readFileSync(path, "utf8");
  return /^title:/m.test(text) && /^charts:/m.test(text);
}
