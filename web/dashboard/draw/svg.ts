export interface Size {
  width: number;
  height: number;
}

/** Attributes only: a style of its own would be refused by the page's policy. */
export function svg(document: Document) {
  return (name: string, attributes: Record<string, string | number>, text?: string): SVGElement => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name) as SVGElement;
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
    if (text !== undefined) node.textContent = text;
    return node;
  };
}

const escaped = (text: string) =>
  [...text]
    .filter((char) => char >= " " || char === "\n" || char === "\t")
    .join("")
    .replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

/** As XML. Whoever makes the document may leave a `<` in an attribute as it is, and XML does not. */
export function xmlOf(node: Element): string {
  const attributes = [...node.attributes].map(({ name, value }) => ` ${name}="${escaped(value)}"`);
  const children = [...node.childNodes].map((child) =>
    child.nodeType === 1 ? xmlOf(child as Element) : escaped(child.textContent ?? ""),
  );
  const name = node.localName === "clippath" ? "clipPath" : node.localName;
  return `<${name}${attributes.join("")}>${children.join("")}</${name}>`;
}

/** About how wide a text of this size is; nothing is laid out outside of a browser. */
export function widthOf(text: string, size = 11): number {
  let units = 0;
  for (const char of text)
    units += /[iljt.,:;'|!()[\] ]/.test(char)
      ? 0.34
      : /[A-ZMWmw@%]/.test(char)
        ? 0.76
        : char > "\u02ff"
          ? 1.05
          : 0.6;
  return units * size;
}
