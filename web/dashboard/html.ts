type Child = Node | string | undefined | false;

/** Elements without a way for text to become markup. */
export function html(document: Document) {
  return <K extends keyof HTMLElementTagNameMap>(
    name: K,
    attributes: Record<string, string | undefined>,
    ...children: Child[]
  ): HTMLElementTagNameMap[K] => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes))
      if (value !== undefined) node.setAttribute(key, value);
    for (const child of children) if (child) node.append(child);
    return node;
  };
}

export type Html = ReturnType<typeof html>;
