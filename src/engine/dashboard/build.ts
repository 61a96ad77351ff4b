import { basename, isAbsolute, join } from "node:path";
import { writeAtomic } from "../../base/files.ts";
import type { Page, Value } from "../../model/dashboard/results.ts";
import { openProjectQuery } from "../query/open.ts";
import { requireNoFolder } from "../query/temporary.ts";
import { carry } from "./carry.ts";
import { type FoundDashboard, findDashboard } from "./find.ts";
import { pageHtml } from "./html.ts";

export interface DashboardRequest {
  /** A job, a file, a folder; what is here without. */
  word?: string | undefined;
  inputs: Record<string, Value>;
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export interface Built {
  found: FoundDashboard;
  page: Page;
  html: string;
}

/** Runs the queries of a dashboard, and makes one page of it. */
export async function buildDashboard(request: DashboardRequest): Promise<Built> {
  const { found, page } = await collectDashboard(request);
  return { found, page, html: await pageHtml(page) };
}

export async function collectDashboard({
  word,
  inputs,
  cwd,
  env,
}: DashboardRequest): Promise<{ found: FoundDashboard; page: Page }> {
  const found = await findDashboard(word, cwd);
  const query = await openProjectQuery(found.project, env);
  try {
    return { found, page: await carry(found, inputs, query) };
  } finally {
    query.close();
  }
}

/** What the file of a page is called: as the job, or as the dashboard's own. */
export const pageName = (of: string) => `${basename(of).replace(/\.ya?ml$/, "")}.html`;

export function writePage(html: string, out: string, cwd: string): string {
  const path = isAbsolute(out) ? out : join(cwd, out);
  requireNoFolder(path);
  writeAtomic(path, html);
  return path;
}
