import { createHash } from "node:crypto";
import { AwsError } from "../protocol/errors.ts";
import type { Token } from "./application.ts";

/** A request that may come twice, and what it is known by. */
export function tokenOf(request: { clientToken: string }): Token {
  const digest = createHash("sha256")
    .update(JSON.stringify(sorted(request)))
    .digest("hex");
  return { value: request.clientToken, digest };
}

/**
 * What this request has made before: the same again is answered the same; its token with other parameters is refused
 * (model: ConflictException; its words are our own).
 */
export function madeBefore<T extends { token: Token }>(made: T[], token: Token): T | undefined {
  const found = made.find((one) => one.token.value === token.value);
  if (found && found.token.digest !== token.digest)
    throw new AwsError(
      "ConflictException",
      `The client token ${token.value} was used before with other parameters.`,
      409,
    );
  return found;
}

/** In one order, whatever the order in which a client writes its members. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, one]) => [name, sorted(one)]));
}
