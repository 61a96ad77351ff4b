/** 1.2 KB, 34 MB: three figures at most, powers of 1000 as disks are sold. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["KB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = -1;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** A size as people write it: 50MB, 1.5 GB, 800; undefined for what is none. */
export function parseBytes(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)b?$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * 1000 ** ["", "k", "m", "g", "t"].indexOf(unit.toLowerCase());
}

/** 0.4 s, 12 s, 3 min 4 s, 2 h 5 min. */
export function formatDuration(ms: number): string {
  if (ms < 9950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

export function plural(count: number, word: string, many = `${word}s`): string {
  return `${formatCount(count)} ${count === 1 ? word : many}`;
}

/** Text of somebody else on one line: what would move the cursor or colour the screen is spelled out. */
export function printable(text: string): string {
  return text
    .replaceAll("\t", " ")
    .replace(
      /\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
      (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`,
    );
}

/** Rows of cells as columns; the last column is not padded. */
export function formatTable(table: readonly (readonly string[])[]): string[] {
  const rows = table.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
/** As log4j writes them on a cluster: `26/11/22 18:25:03 INFO SparkContext: …`, with the lines that belong to it. */
const LINE = /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d (?:TRACE|DEBUG|INFO|WARN) /;

/** What a program has printed itself, among what Spark tells of each task; for text that comes in whole lines, a few at a time. */
export function logLineFilter(): (text: string) => string {
  let within = false;
  return (text) =>
    text
      .split(/(?<=\n)/)
      .filter((line) => {
        within = LINE.test(line) || (within && /^[\t ]/.test(line));
        return !within;
      })
      .join("");
}

export const withoutLogLines = (text: string): string => logLineFilter()(text);
