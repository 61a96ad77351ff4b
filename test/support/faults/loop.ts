import { makeRandom } from "../random.ts";

export interface Total {
  points: number;
  /** Where nothing could be tried after all, as with a fault that never struck. */
  never: number;
  failed: number;
  leaks: number;
  duplicates: number;
  touched: number;
}

export interface Drawn {
  seed: number;
  most: number;
  atOnce: number;
  /** Only points whose description has this in it. */
  like?: string;
  unlike?: string;
  /** Begins no point after so many. */
  minutes?: number;
}

export interface Try {
  what: string;
  /** What is wrong; undefined where nothing was tried after all. */
  wrong(): Promise<string[] | undefined>;
}

/** Whoever waits for the end is told what takes so long, and now and then how far it has come. */
const SLOW = 60;
const TOLD_MS = 300_000;

/** Tries many points, some at a time; `most` of them drawn by a seed. */
export async function loop(
  all: Try[],
  { seed, most, atOnce, like, unlike, minutes = 600 }: Drawn,
  say: (line: string) => void,
): Promise<Total> {
  const random = makeRandom(seed);
  const total = { points: 0, never: 0, failed: 0, leaks: 0, duplicates: 0, touched: 0 };
  const drawn = all
    .filter(({ what }) => !like || what.includes(like))
    .filter(({ what }) => !unlike || !what.includes(unlike))
    .map((one) => ({ one, by: random() }))
    .sort((a, b) => a.by - b.by)
    .slice(0, most)
    .map(({ one }) => one);
  say(`${drawn.length} of ${all.length} points`);
  const count = (wrong: string[], word: string) =>
    wrong.filter((one) => one.startsWith(word)).length;
  const until = Date.now() + minutes * 60_000;
  const work = async () => {
    for (let one = drawn.pop(); one && Date.now() < until; one = drawn.pop()) {
      const began = Date.now();
      const wrong = await one.wrong().catch((error: unknown) => [String(error)]);
      const seconds = (Date.now() - began) / 1000;
      if (seconds > SLOW) say(`${seconds.toFixed(0)} s: ${one.what}`);
      if (wrong) total.points++;
      else total.never++;
      if (!wrong?.length) continue;
      total.failed++;
      total.leaks += count(wrong, "leaked");
      total.duplicates += count(wrong, "made twice");
      total.touched += count(wrong, "touched");
      say(`${one.what}\n  ${wrong.join("\n").replaceAll("\n", "\n  ")}`);
    }
  };
  const account = () =>
    say(
      `points ${total.points}, never struck ${total.never}, still to come ${drawn.length}, wrong ${total.failed}, leaks ${total.leaks}, duplicates ${total.duplicates}, look-alikes touched ${total.touched}, seed ${seed}`,
    );
  const timer = setInterval(account, TOLD_MS);
  await Promise.all(Array.from({ length: atOnce }, work));
  clearInterval(timer);
  account();
  return total;
}
