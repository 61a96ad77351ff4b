import { MayflyError } from "../base/errors.ts";
import type { Session } from "./session.ts";
import { sha256, signHeaders } from "./sign.ts";

/** Whose account it is, and who asks in it: STS GetCallerIdentity, which needs no permission. */
export async function whoAmI(session: Session): Promise<{ account: string; arn: string }> {
  const url = new URL(session.endpoint("sts") ?? `https://sts.${session.region}.amazonaws.com`);
  const credentials = await session.credentials();
  if (!credentials)
    throw new MayflyError("missing", "cannot ask AWS who you are: there are no credentials");
  const body = "Action=GetCallerIdentity&Version=2011-06-15";
  const headers = signHeaders(
    {
      ...{ method: "POST", host: url.host, path: "/", query: {} },
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
      payload: sha256(body),
    },
    credentials,
    { region: session.region, service: "sts", now: new Date() },
  );
  let answer: Response;
  try {
    answer = await fetch(new URL("/", url), {
      method: "POST",
      headers,
      body,
      signal: AbortSignal.timeout(30_000),
    });
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { message?: string } };
    throw new MayflyError(
      "offline",
      `cannot ask AWS who you are: ${cause?.message ?? message} (${url.host})`,
      "is there a network, and is AWS_ENDPOINT_URL right?",
    );
  }
  const text = await answer.text();
  const one = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
  const [account, arn] = [one("Account"), one("Arn")];
  if (answer.ok && account && arn) return { account, arn };
  throw new MayflyError(
    "permission",
    `cannot ask AWS who you are: ${one("Code") ?? answer.status}: ${one("Message") ?? text.slice(0, 200)}`,
    "are the credentials right, and not expired? aws sts get-caller-identity says the same",
  );
}
