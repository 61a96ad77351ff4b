import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { MayflyError } from "../../base/errors.ts";

const FOLDERS = [
  ...["/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts"],
  ...[".fonts", ".local/share/fonts", "Library/Fonts"].map((name) => join(homedir(), name)),
];
/** Plain faces by the names of their files; the first that is there is taken. */
const FACES: [file: RegExp, family: string][] = [
  [/^DejaVuSans\.ttf$/, "DejaVu Sans"],
  [/^NotoSans-Regular\./, "Noto Sans"],
  [/^LiberationSans-Regular\./, "Liberation Sans"],
  [/^Helvetica\./, "Helvetica"],
  [/^Arial\.ttf$/i, "Arial"],
];

/** A picture of letters needs a font, and this machine may have none: a container often has not. */
export function plainFont(folders: readonly string[] = FOLDERS): {
  defaultFontFamily?: string;
  sansSerifFamily?: string;
} {
  const files = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }))
    .filter((name) => /\.(ttf|otf|ttc)$/i.test(name))
    .map((name) => name.slice(name.lastIndexOf("/") + 1));
  if (files.length === 0)
    throw new MayflyError(
      "missing",
      "cannot write letters into a picture: this machine has no font",
      "install one (Debian, Ubuntu: apt-get install fonts-dejavu-core), or export with --format svg",
    );
  const family = FACES.find(([form]) => files.some((name) => form.test(name)))?.[1];
  return family === undefined ? {} : { defaultFontFamily: family, sansSerifFamily: family };
}
