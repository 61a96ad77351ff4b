import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type ErrorCode, type MayflyError, toMayflyError } from "../../base/errors.ts";
import { redactText } from "../../base/redact.ts";
import type { Problem } from "../api.ts";

const STATUS: Partial<Record<ErrorCode, ContentfulStatusCode>> = {
  usage: 400,
  "job-file": 400,
  permission: 403,
  "not-found": 404,
  refused: 409,
  busy: 409,
  ambiguous: 409,
  missing: 503,
  offline: 503,
};

export function problemOf(error: unknown, attempted: string): Problem & { known: MayflyError } {
  const known = toMayflyError(error, attempted);
  const { code, message, remedy } = known;
  return {
    known,
    code,
    message: redactText(message),
    ...(remedy ? { remedy: redactText(remedy) } : {}),
  };
}

export function answerError(error: unknown, c: Context): Response {
  const { known, ...problem } = problemOf(error, `do what ${c.req.path} asks for`);
  return c.json({ error: problem }, STATUS[known.code] ?? 500);
}
