import type { Cell, Row } from "./rows.ts";

/** More cells than this take a browser too long. */
export const MOST_CELLS = 250_000;

/** A rectangle of one colour on a grid; numbers of its sides are on the scales of x and y. */
export interface Patch {
  x1: number;
  x2: number;
  y1: number;
  y2: number;
  color: Cell;
  facet: Cell;
}

export interface GridColumns {
  x: string;
  y: string;
  color: string;
  facet?: string | undefined;
}

/**
 * Points on a grid as rectangles. Neighbours of one colour become one: of a decision surface that leaves one in a
 * hundred, and what is drawn is the same.
 */
export function patchesOf(rows: readonly Row[], { x, y, color, facet }: GridColumns): Patch[] {
  const xs = axisOf(rows, x);
  const ys = axisOf(rows, y);
  const groups = new Map<string | number | null, { facet: Cell; colors: Map<number, Cell> }>();
  for (const row of rows) {
    const value = facet === undefined ? null : (row[facet] ?? null);
    const key = value instanceof Date ? value.getTime() : value;
    const group = groups.get(key) ?? { facet: value, colors: new Map() };
    groups.set(key, group);
    const [i, j] = [xs.index.get(Number(row[x])), ys.index.get(Number(row[y]))];
    if (i !== undefined && j !== undefined) group.colors.set(j * xs.count + i, row[color] ?? null);
  }
  return [...groups.values()].flatMap((group) =>
    merged(group.colors, xs, ys).map((patch) => ({ ...patch, facet: group.facet })),
  );
}

interface Axis {
  values: number[];
  count: number;
  step: number;
  index: Map<number, number>;
}

function axisOf(rows: readonly Row[], column: string): Axis {
  const all = [...new Set(rows.map((row) => row[column]))];
  const values = all
    .filter((cell) => cell !== null && cell !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  const gaps = values.slice(1).map((value, i) => value - (values[i] ?? 0));
  const step = gaps.length === 0 ? 1 : Math.min(...gaps);
  return {
    values,
    count: values.length,
    step,
    index: new Map(values.map((value, i) => [value, i])),
  };
}

function merged(colors: Map<number, Cell>, xs: Axis, ys: Axis): Omit<Patch, "facet">[] {
  const done: Omit<Patch, "facet">[] = [];
  /** Runs of the row below that may grow: by where they begin and end, and their colour. */
  let open = new Map<string, Omit<Patch, "facet">>();
  for (let j = 0; j < ys.count; j++) {
    const next: typeof open = new Map();
    for (let i = 0; i < xs.count; i++) {
      const color = colors.get(j * xs.count + i);
      if (color === undefined) continue;
      const from = i;
      while (i + 1 < xs.count && colors.get(j * xs.count + i + 1) === color && touch(xs, i)) i++;
      const key = `${from} ${i} ${color}`;
      const below = touch(ys, j - 1) ? open.get(key) : undefined;
      if (below) below.y2 = edge(ys, j, 1);
      const patch = below ?? {
        x1: edge(xs, from, -1),
        x2: edge(xs, i, 1),
        y1: edge(ys, j, -1),
        y2: edge(ys, j, 1),
        color,
      };
      if (!below) done.push(patch);
      next.set(key, patch);
    }
    open = next;
  }
  return done;
}

const edge = ({ values, step }: Axis, i: number, side: -1 | 1) =>
  (values[i] ?? 0) + (side * step) / 2;

/** Numbers of a grid are seldom exact. */
const touch = ({ values, step }: Axis, i: number) =>
  (values[i + 1] ?? 0) - (values[i] ?? Number.NEGATIVE_INFINITY) < step * 1.001;
