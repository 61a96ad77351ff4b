import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { MayflyError } from "../../base/errors.ts";

/** Neither source nor what a build reads. */
const LEFT_OUT = /^(?:\.git|\.mayfly|\.venv|venv|\.tox|\.nox|__pycache__|build|dist|.*\.egg-info)$/;

/** The path that a line of a requirements file names on this machine. */
export function localPathOf(line: string, base: string): string | undefined {
  const text = line
    .replace(/^(?:-e|--editable)[ =]\s*/, "")
    .replace(/\s+(?:--hash=|;|#).*$/s, "")
    .trim();
  const place = /^[\w.-]+\s*(?:\[[^\]]*\])?\s*@\s*(.+)$/.exec(text)?.[1] ?? text;
  if (/^file:/.test(place)) return fileURLToPath(place.replace(/#.*$/, ""));
  if (place.startsWith("-") || /^[a-z+]+:\/\//i.test(place)) return undefined;
  const plain = place.replace(/\[[^\]]*\]$/, "");
  return /^[./~]|\.(?:whl|tar\.gz|zip)$/.test(plain) || plain !== text
    ? resolve(base, plain)
    : undefined;
}

/** Of all that the lines name on this machine the content: under the same name it may be another one. */
export function digestOfLocal(lines: string[], base: string): string {
  const all = createHash("sha256");
  for (const line of lines) {
    const path = localPathOf(line, base);
    if (path === undefined) continue;
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found)
      throw new MayflyError(
        "not-found",
        `cannot read the requirement "${line}": "${path}" does not exist`,
        "make it, or correct its name; it is looked for from the folder of the file that names it",
      );
    all.update(`${line}\0`);
    if (found.isDirectory()) addFolder(path, "", all);
    else all.update(createHash("sha256").update(readFileSync(path)).digest());
  }
  return all.digest("hex");
}

function addFolder(folder: string, under: string, all: ReturnType<typeof createHash>): void {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const [path, name] = [join(folder, entry.name), `${under}${entry.name}`];
    if (LEFT_OUT.test(entry.name)) continue;
    if (entry.isDirectory()) addFolder(path, `${name}/`, all);
    else if (entry.isSymbolicLink()) all.update(`${name}\0${readlinkSync(path)}\0`);
    else if (entry.isFile())
      all.update(`${name}\0`).update(createHash("sha256").update(readFileSync(path)).digest());
  }
}
