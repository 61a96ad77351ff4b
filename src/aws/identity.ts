import { MayflyError } from "../base/errors.ts";
import { AwsRefusal } from "./asking.ts";
import { askQuery } from "./query/ask.ts";
import { textOf } from "./query/xml.ts";
import type { Session } from "./session.ts";

/** Whose account it is, and who asks in it: STS GetCallerIdentity, which needs no permission. */
export async function whoAmI(session: Session): Promise<{ account: string; arn: string }> {
  const ask = askQuery(session, { service: "sts", version: "2011-06-15" });
  const answer = await ask("GetCallerIdentity").catch((error: unknown) => {
    if (!(error instanceof AwsRefusal)) throw error;
    throw new MayflyError(
      "permission",
      `cannot ask AWS who you are: ${error.message}`,
      "are the credentials right, and not expired? aws sts get-caller-identity says the same",
      error,
    );
  });
  const of = (name: string) => textOf(answer, "GetCallerIdentityResult", name);
  const [account, arn] = [of("Account"), of("Arn")];
  if (account && arn) return { account, arn };
  throw new MayflyError("cluster", "cannot ask AWS who you are: its answer names no account");
}
