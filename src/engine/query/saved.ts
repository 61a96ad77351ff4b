import { realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { listIfThere, readFileIfThere, writeAtomic } from "../../base/files.ts";

/** Queries that people keep lie beside their mayfly.yaml, as plain files that belong into a repository. */
const FOLDER = "queries";
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,79}$/u;

export interface SavedQuery {
  name: string;
  sql: string;
}

export function savedQueries(project: string): SavedQuery[] {
  return listIfThere(join(project, FOLDER))
    .filter((file) => file.endsWith(".sql") && isOurs(join(project, FOLDER, file), project))
    .sort()
    .map((file) => ({
      name: file.slice(0, -4),
      sql: readFileIfThere(join(project, FOLDER, file)) ?? "",
    }));
}

/** A file of the project: no pipe, and no link that leads out of it. */
function isOurs(path: string, project: string): boolean {
  try {
    const real = realpathSync(path);
    return real.startsWith(realpathSync(project) + sep) && statSync(real).isFile();
  } catch {
    return false;
  }
}

export function saveQuery(project: string, { name, sql }: SavedQuery): string {
  if (!NAME.test(name)) {
    throw new MayflyError(
      "usage",
      `cannot save a query as "${name}"`,
      "a name has letters, digits, spaces, '.', '_' and '-', and begins with a letter or a digit",
    );
  }
  const path = join(project, FOLDER, `${name}.sql`);
  writeAtomic(path, sql.endsWith("\n") ? sql : `${sql}\n`);
  return path;
}
