/** The candidates that someone may have meant, best first; empty when none is close. */
export function nearest(wanted: string, candidates: Iterable<string>, most = 3): string[] {
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  const scored: [number, string][] = [];
  for (const candidate of new Set(candidates)) {
    const distance =
      fold(candidate) === fold(wanted) ? 0 : editDistance(fold(wanted), fold(candidate));
    if (distance <= limit) scored.push([distance, candidate]);
  }
  return scored
    .sort((a, b) => a[0] - b[0] || a[1].localeCompare(b[1]))
    .slice(0, most)
    .map(([, candidate]) => candidate);
}

export function didYouMean(wanted: string, candidates: Iterable<string>): string | undefined {
  const found = nearest(wanted, candidates);
  return found.length > 0 ? `did you mean ${found.map((c) => `"${c}"`).join(" or ")}?` : undefined;
}

/** `_`, `-`, `.` and letter case are what people mix up first. */
function fold(text: string): string {
  return text.toLowerCase().replace(/[-_.]/g, "-");
}

function editDistance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(change, (before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
    }
    before = row;
  }
  return before[b.length] ?? 0;
}
