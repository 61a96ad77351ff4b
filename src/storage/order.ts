/** The order of S3's keys: by the bytes of their UTF-8. Only beyond the basic plane do ours sort otherwise. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

const SURROGATE = /[\ud800-\udfff]/;

/** Pairs what has the same name in two listings, of which each is in that order. */
export async function* pairs<T extends { name: string }>(
  left: AsyncIterable<T>,
  right: AsyncIterable<T>,
): AsyncGenerator<{ left?: T; right?: T }> {
  const lefts = left[Symbol.asyncIterator]();
  const rights = right[Symbol.asyncIterator]();
  // Both are asked at once: each may be a conversation over a network.
  let [a, b] = await Promise.all([lefts.next(), rights.next()]);
  while (!a.done || !b.done) {
    const order = a.done ? 1 : b.done ? -1 : compareKeys(a.value.name, b.value.name);
    yield {
      ...(order <= 0 && !a.done ? { left: a.value } : {}),
      ...(order >= 0 && !b.done ? { right: b.value } : {}),
    };
    if (order <= 0) a = await lefts.next();
    if (order >= 0) b = await rights.next();
  }
}

/** Each name once. Refuses what is not in that order: to take it for such would remove what is there. */
export async function* inOrder<T extends { name: string }>(
  items: AsyncIterable<T>,
  known: boolean,
): AsyncGenerator<T> {
  if (!known) {
    const all: T[] = [];
    for await (const item of items) all.push(item);
    all.sort((a, b) => compareKeys(a.name, b.name));
    yield* all.filter(({ name }, i) => name !== all[i - 1]?.name);
    return;
  }
  let last: string | undefined;
  for await (const item of items) {
    const order = last === undefined ? -1 : compareKeys(last, item.name);
    if (order > 0) throw new Disorder(item.name);
    last = item.name;
    // A key that is written anew between two pages may stand in both.
    if (order < 0) yield item;
  }
}

export class Disorder extends Error {}
