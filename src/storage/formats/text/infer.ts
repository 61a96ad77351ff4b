/** Types of cells in the order in which Spark's inferSchema tries them. */
export function typeOfCell(cell: string): string {
  if (cell === "") return "void";
  if (/^[+-]?\d+$/.test(cell)) return typeOfInteger(cell);
  // Java's parseDouble takes spaces around it, and a letter after it.
  if (DOUBLE.test(cell) || /^(?:NaN|[+-]?Inf(?:inity)?)$/.test(cell)) return "double";
  if (/^\d{4}-\d{1,2}-\d{1,2}$/.test(cell)) return "date";
  if (TIMESTAMP.test(cell)) return "timestamp";
  if (/^(?:true|false)$/i.test(cell)) return "boolean";
  return "string";
}

const DOUBLE = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?\s*$/;
const TIMESTAMP =
  /^\d{4}-\d{1,2}(?:-\d{1,2}(?:[ T]\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d{1,9})?)?(?:\s?(?:Z|UTC|GMT|[+-]\d{1,2}:?\d{0,2}))?)?)?$/;

export function typeOfInteger(digits: string): string {
  const plain = digits.replace(/^[+-]?0*(?=\d)/, "");
  if (plain.length > 38) return "double";
  if (plain.length < 10) return "int";
  const value = BigInt(digits.startsWith("-") ? `-${plain}` : plain);
  if (value === BigInt.asIntN(32, value)) return "int";
  return value === BigInt.asIntN(64, value) ? "bigint" : `decimal(${plain.length},0)`;
}

const NUMBERS = ["int", "bigint", "decimal", "double"];

/** A type that holds both. */
export function widen(one: string, other: string): string {
  if (one === other || other === "void") return one;
  if (one === "void") return other;
  const rank = (type: string) => NUMBERS.indexOf(type.replace(/\(.*/, ""));
  const [a, b] = [rank(one), rank(other)];
  if (a >= 0 && b >= 0) {
    if (a !== b) return a > b ? one : other;
    return precision(one) > precision(other) ? one : other;
  }
  const times = ["date", "timestamp"];
  if (times.includes(one) && times.includes(other)) return "timestamp";
  return "string";
}

const precision = (type: string) => Number(/\((\d+)/.exec(type)?.[1] ?? 0);

/** What can be told apart from a few rows: 3 and 3.5 are of one family, 3 and x are not. */
export function familyOf(type: string): string {
  if (NUMBERS.some((word) => type.startsWith(word))) return "number";
  if (type === "date" || type === "timestamp") return "time";
  return /^\w+/.exec(type)?.[0] ?? type;
}
