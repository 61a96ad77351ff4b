import * as v from "valibot";
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { MayflyError } from "../../base/errors.ts";
import { type FindPlace, type Place, placesIn } from "../file/places.ts";
import { type Mistake, meaningMistakes, shapeMistakes } from "./mistakes.ts";
import { type Dashboard, dashboardSchema } from "./schema.ts";

/** A dashboard as it is written, and where in the file each word of it stands. */
export interface ReadDashboard {
  spec: Dashboard;
  place: FindPlace;
}

/** Text of a `dashboard.yaml` → its content; every mistake is named with its line and column. */
export function readDashboard(text: string, file: string): ReadDashboard {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = placesIn(document, lines);
  const [broken] = document.errors;
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0]);
    const tab = /tab/i.test(broken.message);
    throw mistaken(file, { line, column: col }, broken.message.replace(/\s+/g, " "), {
      remedy: tab ? "YAML is indented with spaces: replace the tab" : "mend this line",
    });
  }
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    const { message } = error as Error;
    const alias = text.indexOf(`*${/: (\S+)$/.exec(message)?.[1]}`);
    const { line, col } = lines.linePos(Math.max(0, alias < 0 ? text.search(/\*\w/) : alias));
    throw mistaken(file, { line, column: col }, message, { remedy: "write it without this alias" });
  }
  if (!isMap(document.contents))
    throw mistaken(file, place([]), "a dashboard has words with their values", {
      remedy: "begin with title:, queries: and charts: (docs/dashboards.md)",
    });
  const isNamed = (path: (string | number)[]) => isMap(document.getIn(path, true));
  const isThere = (path: (string | number)[]) => {
    const node = document.getIn(path, true);
    return node !== undefined && !(isScalar(node) && node.value === null);
  };
  const shape = shapeMistakes(content, { isNamed, isThere });
  if (shape.length > 0) throw firstOf(shape, file, place);
  const spec = v.parse(dashboardSchema, content);
  const meaning = meaningMistakes(spec);
  if (meaning.length > 0) throw firstOf(meaning, file, place);
  return { spec, place };
}

/** More than these are told when some are mended. */
const MOST_TOLD = 10;

/** The first one as the file has them, and below it the others. */
export function firstOf(mistakes: readonly Mistake[], file: string, place: FindPlace): MayflyError {
  const placed = mistakes
    .map((mistake) => ({ mistake, at: place(mistake.path, mistake) }))
    .sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  const [first, ...others] = placed;
  const lines = [...new Set(others.map(({ at }) => at.line))];
  const { at = { line: 1, column: 1 }, mistake } = first ?? {};
  const told = others
    .slice(0, MOST_TOLD)
    .map(
      ({ at: { line, column }, mistake: { problem } }) => `  also ${line}:${column}: ${problem}`,
    );
  return mistaken(file, at, mistake?.problem ?? "", {
    remedy: [mistake?.remedy ?? "mend this line", ...told].join("\n"),
    more: others.length === 0 ? "" : ` (${others.length} more, in line ${lines.join(", ")})`,
  });
}

function mistaken(
  file: string,
  { line, column }: Place,
  problem: string,
  { remedy, more = "" }: { remedy?: string | undefined; more?: string },
): MayflyError {
  return new MayflyError(
    "job-file",
    `cannot read "${file}":${line}:${column}: ${problem}${more}`,
    remedy,
  );
}
