/** Numbers from 0 up to 1 that are the same for the same words: a sample can be drawn again. */
export function randomFrom(...words: (string | number)[]): () => number {
  let state = 0x811c9dc5;
  for (const letter of words.join("\0")) {
    state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  }
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Keeps so many of whatever comes by, each with the same chance, in their order. */
export function reservoir(size: number, random: () => number) {
  const kept: { at: number; value: Buffer }[] = [];
  let seen = 0;
  return {
    add(value: Buffer): void {
      const at = seen++;
      const place = kept.length < size ? kept.length : Math.floor(random() * seen);
      // A copy: what is kept must not hold all that was read with it.
      if (place < size) kept[place] = { at, value: Buffer.from(value) };
    },
    seen: () => seen,
    kept: () => kept.sort((a, b) => a.at - b.at).map(({ value }) => value),
  };
}

/** Every so many-th of whatever comes by: a part of it, evenly spread, wherever it begins. */
export function everySo(part: number, random: () => number): () => boolean {
  let sum = random();
  return () => {
    sum += part;
    if (sum < 1) return false;
    sum -= 1;
    return true;
  };
}
