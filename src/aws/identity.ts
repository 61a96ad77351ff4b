import { MayflyError } from "../base/errors.ts";
import { type Posted, post } from "./post.ts";
import type { Session } from "./session.ts";

/** Whose account it is, and who asks in it: STS GetCallerIdentity, which needs no permission. */
export async function whoAmI(session: Session): Promise<{ account: string; arn: string }> {
  const url = new URL(session.endpoint("sts") ?? `https://sts.${session.region}.amazonaws.com`);
  let answer: Posted;
  try {
    answer = await post(session, {
      ...{ service: "sts", url, asks: "who you are", now: Date.now() },
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
      body: "Action=GetCallerIdentity&Version=2011-06-15",
      signal: AbortSignal.timeout(30_000),
    });
  } catch (error) {
    if (error instanceof MayflyError) throw error;
    const { cause, message } = error as Error & { cause?: { message?: string } };
    throw new MayflyError(
      "offline",
      `cannot ask AWS who you are: ${cause?.message ?? message} (${url.host})`,
      "is there a network, and is AWS_ENDPOINT_URL right?",
    );
  }
  const { status, text } = answer;
  const one = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
  const [account, arn] = [one("Account"), one("Arn")];
  if (status === 200 && account && arn) return { account, arn };
  throw new MayflyError(
    "permission",
    `cannot ask AWS who you are: ${one("Code") ?? status}: ${one("Message") ?? text.slice(0, 200)}`,
    "are the credentials right, and not expired? aws sts get-caller-identity says the same",
  );
}
