/** Text that stands without quotes. */
export class Bare {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** As it can be told from any other value: only what reads like something else stands in quotes. */
export function cell(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string")
    return value === "" || /^(?:null|true|false)$|^["[{]|^-?\d|^\s|\s$/.test(value)
      ? JSON.stringify(value)
      : value;
  return inside(value, (text) => text);
}

function inside(value: unknown, word: (text: string) => string): string {
  if (value === null || value === undefined) return "null";
  if (value instanceof Bare) return value.text;
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex")}`;
  if (typeof value === "string") return word(value);
  if (typeof value !== "object") return Object.is(value, -0) ? "-0" : String(value);
  const deeper = (part: unknown) => inside(part, JSON.stringify);
  if (Array.isArray(value)) return `[${value.map(deeper).join(", ")}]`;
  const parts = Object.entries(value).map(([name, part]) => `${name}: ${deeper(part)}`);
  return `{${parts.join(", ")}}`;
}
