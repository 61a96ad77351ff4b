import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type LineCounter,
  type ParsedNode,
} from "yaml";

export interface Place {
  line: number;
  column: number;
}

/** Of a path's value; of its name where that is wished. */
export type FindPlace = (path: readonly (string | number)[], wish?: { name?: boolean }) => Place;

/** Where in a file a path leads: to the value's beginning, to its name where it has none. */
export function placesIn(document: Document<ParsedNode>, lines: LineCounter): FindPlace {
  return (path, { name = false } = {}) => {
    let node: unknown = document.contents;
    let offset = startOf(node) ?? 0;
    for (const [i, part] of path.entries()) {
      const last = i === path.length - 1;
      if (isMap(node)) {
        const pair = node.items.find(
          ({ key }) => isScalar(key) && String(key.value) === String(part),
        );
        if (!pair) break;
        node = pair.value;
        // A name is pointed at where its value is a whole block, or nothing.
        offset =
          (last && !name && isScalar(node) && node.value !== null
            ? startOf(node)
            : startOf(pair.key)) ?? offset;
      } else if (isSeq(node)) {
        node = node.items[Number(part)];
        offset = startOf(node) ?? offset;
      } else break;
    }
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);
