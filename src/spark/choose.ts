import { MayflyError } from "../base/errors.ts";
import { didYouMean } from "../base/nearest.ts";
import { knownReleases, releaseLabel, sparkOfRelease } from "./releases.ts";
import { compareVersions, DEFAULT_SPARK, LINES, OLDEST_SPARK } from "./versions.ts";

export interface SparkWish {
  /** An EMR release label: emr-7.12.0, or 7.12.0. */
  release?: string;
  /** A Spark version: 3.5.6, or 3.5 for the newest 3.5. */
  spark?: string;
  /** Refuse to run on another version than the one asked for. */
  strict?: boolean;
}

export interface ChosenSpark {
  version: string;
  /** What was asked for, as people name it. */
  asked: string;
  /** Whether anything was: a Spark that is here already may do otherwise. */
  wished: boolean;
  note?: string;
}

export function chooseSpark(wish: SparkWish): ChosenSpark {
  const fromRelease = wish.release === undefined ? undefined : ofRelease(wish.release);
  const fromNumber = wish.spark === undefined ? undefined : ofNumber(wish.spark);
  if (fromRelease && fromNumber && !startsWith(fromRelease.version, fromNumber.asked)) {
    throw new MayflyError(
      "release",
      `release "${wish.release}" has Spark ${fromRelease.version}, but spark is "${wish.spark}": the two disagree`,
      "name only one of them, or two that agree",
    );
  }
  const asked = fromRelease ?? fromNumber;
  if (!asked) {
    return { version: DEFAULT_SPARK, asked: `Spark ${DEFAULT_SPARK}`, wished: false };
  }
  const name = fromRelease ? fromRelease.label : `Spark ${wish.spark?.trim()}`;
  if (compareVersions(asked.version, LINES[0]?.line ?? "0") >= 0) {
    return { version: asked.version, asked: name, wished: true };
  }
  const what = fromRelease ? `${name} has Spark ${asked.version}, which` : name;
  if (wish.strict) {
    throw new MayflyError(
      "release",
      `${what} does not run on today's Python and Java; the oldest that does is Spark ${OLDEST_SPARK}`,
      "leave out --strict-release to run on that one, or run on EMR",
    );
  }
  return {
    version: OLDEST_SPARK,
    asked: name,
    wished: true,
    note: `${what} does not run on today's Python and Java: Spark ${OLDEST_SPARK}, the oldest that does, runs instead (--strict-release refuses)`,
  };
}

function ofRelease(release: string): { version: string; label: string } {
  const label = releaseLabel(release);
  const version = sparkOfRelease(label);
  if (version) return { version, label };
  throw new MayflyError("release", `there is no EMR release "${release}"`, nearestRelease(label));
}

/** Of as many as there are, some are near to anything: those of the same line first, then the newest. */
function nearestRelease(label: string): string {
  const line = `emr-${/\d+/.exec(label)?.[0]}.`;
  const same = knownReleases().filter((known) => known.startsWith(line));
  const newest = knownReleases().sort((a, b) => compareVersions(b.slice(4), a.slice(4)));
  return (
    didYouMean(label, same) ??
    `labels look like ${newest[0]}; a Spark version can be named instead: --spark 3.5`
  );
}

/** `asked` is the number without what a vendor appends to it. */
function ofNumber(text: string): { version: string; asked: string } {
  const asked = /^v?(\d+(?:\.\d+){0,2})(?:-amzn-[\d.]+)?$/.exec(text.trim())?.[1];
  const newest = LINES.map(({ line, newestPatch }) => `${line}.${newestPatch}`);
  if (asked?.split(".").length === 3) return { version: asked, asked };
  const version = asked && newest.findLast((known) => startsWith(known, asked));
  if (version) return { version, asked };
  // Only lines that are older than the table may be left out of it: the caller says what runs instead.
  if (asked && compareVersions(asked, LINES[0]?.line ?? "0") < 0) return { version: asked, asked };
  throw new MayflyError(
    "release",
    `there is no Spark "${text}"`,
    didYouMean(text, [...LINES.map(({ line }) => line), ...newest]) ??
      `known are ${LINES.map(({ line }) => line).join(", ")}; a full number such as ${DEFAULT_SPARK} is taken as it is`,
  );
}

function startsWith(version: string, start: string): boolean {
  return `${version}.`.startsWith(`${start}.`);
}
