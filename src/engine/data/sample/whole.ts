import { join } from "node:path";
import { inParallel } from "../../../storage/parallel.ts";
import type { Looked } from "../check/look-all.ts";
import { partOf } from "./amount.ts";
import type { Drawing } from "./drawing.ts";
import { everySo, randomFrom } from "./random.ts";

const AT_ONCE = 8;

/** Of what cannot be cut apart without a writer of its format: whole files, as few as do. */
export async function sampleWhole(files: readonly Looked[], drawing: Drawing): Promise<void> {
  const chosen = choose(files, drawing);
  await inParallel(chosen, AT_ONCE, async (file) => {
    await drawing.orLeaveOut(file, async () => {
      await file.store.get(file.item, join(drawing.folder, file.name), { signal: drawing.signal });
      drawing.counted(file.item.bytes);
      drawing.took(file.look.rows);
    });
  });
  drawing.note(
    `${chosen.length} of ${files.length} files that are no rows of text, each as a whole`,
  );
}

function choose(files: readonly Looked[], { amount, seed }: Drawing): Looked[] {
  if ("rows" in amount) return fewestWith(amount.rows, files);
  const bytes = files.reduce((sum, file) => sum + file.item.bytes, 0);
  const part = partOf(amount, bytes);
  const keep = everySo(part, randomFrom(seed, "files"));
  const chosen = files.filter(keep);
  if (!("bytes" in amount)) return chosen.length > 0 ? chosen : files.slice(0, 1);
  // Never more than asked for, but for the one file without which there is nothing.
  const fitting: Looked[] = [];
  let sum = 0;
  for (const file of chosen) {
    if (sum + file.item.bytes > amount.bytes) continue;
    sum += file.item.bytes;
    fitting.push(file);
  }
  const smallest = [...files].sort((a, b) => a.item.bytes - b.item.bytes).slice(0, 1);
  return fitting.length > 0 ? fitting : smallest;
}

/** The fewest files with at least so many rows; the last of them is the smallest that is enough. */
function fewestWith(rows: number, files: readonly Looked[]): Looked[] {
  const known = [...files].sort((a, b) => (b.look.rows ?? 0) - (a.look.rows ?? 0));
  const chosen: Looked[] = [];
  let lacking = rows;
  for (const [i, file] of known.entries()) {
    if (lacking <= 0) break;
    const has = file.look.rows ?? 0;
    const last = has >= lacking;
    const enough = known.findLast((other, at) => at >= i && (other.look.rows ?? 0) >= lacking);
    chosen.push((last ? enough : undefined) ?? file);
    lacking -= has;
  }
  return chosen;
}
