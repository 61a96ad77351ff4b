import type { Model, Shape } from "./model.ts";

/** A value of another kind than the model says: AWS does not get as far as validating it. */
export class SerializationError extends Error {}

/**
 * What AWS says of a request that does not keep to its model, in its own words: "1 validation error detected:
 * Value null at 'name' failed to satisfy constraint: Member must not be null" (as quoted, for EMR, in the public threads
 * floci-io/floci#1731 and aws/aws-sdk-php#106). Undefined where there is nothing to say.
 */
export function validationMessage(model: Model, shape: string, value: unknown): string | undefined {
  const problems = problemsOf(model, shape, value);
  if (problems.length === 0) return undefined;
  const count =
    problems.length === 1 ? "1 validation error" : `${problems.length} validation errors`;
  return `${count} detected: ${problems.join("; ")}`;
}

/** Each for itself. */
export function problemsOf(model: Model, shape: string, value: unknown): string[] {
  const problems: string[] = [];
  check(model, shape, value, "", problems);
  return problems;
}

function check(model: Model, name: string, value: unknown, path: string, problems: string[]): void {
  const shape = model.shapes[name];
  if (!shape || value === null || value === undefined) return;
  const say = (constraint: string, shown = show(value)) =>
    problems.push(`Value ${shown} at '${path}' failed to satisfy constraint: ${constraint}`);
  switch (shape.type) {
    case "structure":
      checkStructure(model, shape, asObject(value), path, problems);
      return;
    case "list": {
      if (!Array.isArray(value)) throw new SerializationError("Expected list or null");
      checkLength(shape, value.length, say);
      value.forEach((one, i) => {
        check(model, shape.member?.shape ?? "", one, `${path}.${i + 1}.member`, problems);
      });
      return;
    }
    case "map":
      for (const [key, one] of Object.entries(asObject(value))) {
        check(model, shape.key?.shape ?? "", key, `${path}.key`, problems);
        check(model, shape.value?.shape ?? "", one, `${path}.${key}.member`, problems);
      }
      return;
    case "string":
      checkString(shape, value, say);
      return;
    case "boolean":
      if (typeof value !== "boolean") throw new SerializationError("Expected boolean or null");
      return;
    case "timestamp":
      if (typeof value !== "number" && typeof value !== "string")
        throw new SerializationError("Expected timestamp or null");
      return;
    default:
      checkNumber(shape, value, say);
  }
}

function checkStructure(
  model: Model,
  shape: Shape,
  value: Record<string, unknown>,
  path: string,
  problems: string[],
): void {
  for (const { member, shown, of, required } of membersOf(shape)) {
    const one = value[member];
    const absent = one === undefined || one === null;
    if (absent && !required) continue;
    const at = path === "" ? shown : `${path}.${shown}`;
    if (absent)
      problems.push(`Value null at '${at}' failed to satisfy constraint: Member must not be null`);
    else check(model, of, one, at, problems);
  }
}

interface Member {
  member: string;
  /** As messages name it. */
  shown: string;
  of: string;
  required: boolean;
}

const members = new WeakMap<Shape, Member[]>();

/** Kept, since every request and every answer passes here. */
function membersOf(shape: Shape): Member[] {
  const known = members.get(shape);
  if (known) return known;
  const made = Object.entries(shape.members ?? {}).map(([member, ref]) => ({
    member,
    shown: lower(member),
    of: ref.shape,
    required: shape.required?.includes(member) ?? false,
  }));
  members.set(shape, made);
  return made;
}

type Say = (constraint: string) => void;

function checkString(shape: Shape, value: unknown, say: Say): void {
  if (typeof value !== "string") throw new SerializationError("Expected string or null");
  if (shape.enum && !shape.enum.includes(value)) {
    say(`Member must satisfy enum value set: [${shape.enum.join(", ")}]`);
    return;
  }
  checkLength(shape, value.length, say);
  if (shape.pattern && !patternOf(shape.pattern).test(value))
    say(`Member must satisfy regular expression pattern: ${shape.pattern}`);
}

function checkLength({ min, max }: Shape, length: number, say: Say): void {
  if (min !== undefined && length < min)
    say(`Member must have length greater than or equal to ${min}`);
  if (max !== undefined && length > max)
    say(`Member must have length less than or equal to ${max}`);
}

function checkNumber({ type, min, max }: Shape, value: unknown, say: Say): void {
  if (typeof value !== "number") throw new SerializationError("Expected number or null");
  if (/^(integer|long)$/.test(type) && !Number.isInteger(value))
    throw new SerializationError("Expected integer or null");
  if (min !== undefined && value < min)
    say(`Member must have value greater than or equal to ${min}`);
  if (max !== undefined && value > max) say(`Member must have value less than or equal to ${max}`);
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new SerializationError("Expected null");
}

const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** As Java's `toString` shows it. */
function show(value: unknown): string {
  return `'${Array.isArray(value) ? `[${value.map(String).join(", ")}]` : String(value)}'`;
}

const patterns = new Map<string, RegExp>();

/** Java's patterns name what lies beyond the basic plane by halves, of which JavaScript makes no range. */
function patternOf(text: string): RegExp {
  const own = text.replace(
    /\\uD800\\u(DC00-\\uDBFF|DBFF-\\uDC00)\\uDFFF/g,
    "\\u{10000}-\\u{10FFFF}",
  );
  const made = patterns.get(text) ?? new RegExp(`^(?:${own})$`, own === text ? "" : "u");
  patterns.set(text, made);
  return made;
}
