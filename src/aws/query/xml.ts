/** An element of XML: attributes are of no interest in what AWS answers. */
export interface Element {
  name: string;
  /** Of an element without others in it. */
  text: string;
  children: Element[];
}

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

export function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, number, name) => {
    const code = hex ? Number.parseInt(hex, 16) : Number(number ?? Number.NaN);
    if (code <= 0x10ffff) return String.fromCodePoint(code);
    return NAMED[name] ?? whole;
  });
}

/** The outermost element; undefined for what is not XML, or not whole. EC2 nests lists of `item` in their like. */
export function parseXml(xml: string): Element | undefined {
  const root: Element = { name: "", text: "", children: [] };
  const open = [root];
  const tag = /<(?:\?[^>]*\?|!--[\s\S]*?--|(\/?)([\w:.-]+)[^>]*?(\/?))>([^<]*)/g;
  for (const [, close, name = "", empty, text = ""] of xml.matchAll(tag)) {
    const at = open.at(-1) as Element;
    if (close) {
      if (at.name !== name || open.length === 1) return undefined;
      open.pop();
      continue;
    }
    if (name === "") continue;
    const made: Element = { name, text: "", children: [] };
    at.children.push(made);
    if (empty) continue;
    made.text = unescapeXml(text.trim());
    open.push(made);
  }
  return open.length === 1 && root.children.length === 1 ? root.children[0] : undefined;
}

/** The element below, by the names that lead there. */
export function within(from: Element | undefined, ...path: string[]): Element | undefined {
  return path.reduce<Element | undefined>(
    (at, name) => at?.children.find((one) => one.name === name),
    from,
  );
}

export function textOf(from: Element | undefined, ...path: string[]): string | undefined {
  return within(from, ...path)?.text;
}

/** The members of a list: `item` in EC2's answers, `member` in IAM's. */
export function items(from: Element | undefined, ...path: string[]): Element[] {
  return within(from, ...path)?.children ?? [];
}
