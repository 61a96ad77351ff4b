import { quoteName } from "../../dataset/columns.ts";
import { widen } from "./infer.ts";

/** A type in Spark's words, or one that holds others. */
export type Tree = string | { array: Tree } | { fields: Map<string, Tree> };

/** A type that holds both, as Spark infers JSON: structs have the fields of either. */
export function mergeTrees(one: Tree, other: Tree): Tree {
  if (one === "void") return other;
  if (other === "void") return one;
  if (typeof one === "string" || typeof other === "string")
    return typeof one === "string" && typeof other === "string" ? widen(one, other) : "string";
  if ("array" in one && "array" in other) return { array: mergeTrees(one.array, other.array) };
  if (!("fields" in one && "fields" in other)) return "string";
  const fields = new Map(one.fields);
  for (const [name, type] of other.fields) {
    const known = fields.get(name);
    fields.set(name, known === undefined ? type : mergeTrees(known, type));
  }
  return { fields };
}

export function printTree(tree: Tree): string {
  if (typeof tree === "string") return tree;
  if ("array" in tree) return `array<${printTree(tree.array)}>`;
  const fields = [...tree.fields].sort(([a], [b]) => (a < b ? -1 : 1));
  return `struct<${fields.map(([name, type]) => `${quoteName(name)}: ${printTree(type)}`).join(", ")}>`;
}

/** What printTree has printed; anything else stays a word. */
export function parseTree(text: string): Tree {
  let at = 0;
  const type = (): Tree => {
    if (text.startsWith("array<", at)) {
      at += 6;
      const array = type();
      at++;
      return { array };
    }
    if (!text.startsWith("struct<", at)) return word();
    at += 7;
    const fields = new Map<string, Tree>();
    while (at < text.length && text[at] !== ">") {
      const name = fieldName();
      at += 2;
      fields.set(name, type());
      if (text[at] === ",") at += 2;
    }
    at++;
    return { fields };
  };
  const word = () => {
    const [found = text.slice(at)] = /^\w+(?:\([^)]*\))?(?:<[^>]*>)?/.exec(text.slice(at)) ?? [];
    at += Math.max(1, found.length);
    return found;
  };
  const fieldName = () => {
    const [found = ""] = /^(?:`(?:[^`]|``)*`|\w+)/.exec(text.slice(at)) ?? [];
    at += found.length;
    return found.startsWith("`") ? found.slice(1, -1).replaceAll("``", "`") : found;
  };
  return type();
}

export function mergeTypes(one: string, other: string): string {
  if (one === other) return one;
  return /[<]/.test(one + other)
    ? printTree(mergeTrees(parseTree(one), parseTree(other)))
    : widen(one, other);
}
