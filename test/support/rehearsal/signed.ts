import { sha256, signHeaders } from "../../../src/aws/sign.ts";
import { sendRaw } from "./door.ts";

export interface Wish {
  method?: string;
  /** As it stands on the wire; it may be anything. */
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
  service?: string;
}

/** One signed request with the variables of a rehearsal. */
export async function ask(
  env: Record<string, string>,
  wish: Wish,
): Promise<{ status: number; text: string }> {
  const { host, port } = new URL(env.AWS_ENDPOINT_URL ?? "");
  const { method = "GET", path, query = {}, body = "", service = "s3" } = wish;
  const who = {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
  };
  const unsigned = { method, host, path: canonical(path), query, payload: sha256(body) };
  const scope = { region: "us-east-1", service, now: new Date() };
  const headers = signHeaders({ ...unsigned, headers: wish.headers ?? {} }, who, scope);
  const text = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  const answer = await sendRaw(Number(port), {
    method,
    path: text.length > 0 ? `${path}?${text.join("&")}` : path,
    headers: [...Object.entries(headers).flat(), "content-length", String(Buffer.byteLength(body))],
    body,
  });
  return { status: answer.status, text: answer.body };
}

/** What S3 makes of a path before it looks at the signature: each byte encoded once. */
function canonical(path: string): string {
  const bytes = path.replace(/%([0-9a-fA-F]{2})/g, (_, two: string) =>
    String.fromCharCode(Number.parseInt(two, 16)),
  );
  return bytes.replace(
    /[^A-Za-z0-9\-._~/]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
