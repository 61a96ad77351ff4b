import type { Keys } from "./keys.ts";

/**
 * The companion hands out keys (STS AssumeRole and its like, IAM CreateAccessKey) and never asks for
 * a signature made with them; the door does, so it reads them from the answers.
 */
export function learnFrom(
  service: string,
  body: Buffer,
  keys: Keys,
): ((answer: Buffer) => void) | undefined {
  if (service !== "sts" && service !== "iam") return undefined;
  const asked = new URLSearchParams(body.toString("latin1"));
  const action = asked.get("Action") ?? "";
  if (action === "DeleteAccessKey") return () => keys.remove(asked.get("AccessKeyId") ?? "");
  if (!/^(?:AssumeRole.*|GetSessionToken|GetFederationToken|CreateAccessKey)$/.test(action)) {
    return undefined;
  }
  return (answer) => {
    const text = answer.toString("utf8");
    const one = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
    const [accessKey, secretKey] = [one("AccessKeyId"), one("SecretAccessKey")];
    if (!accessKey || !secretKey) return;
    const [token, expires] = [one("SessionToken"), Date.parse(one("Expiration") ?? "")];
    keys.add({
      accessKey,
      secretKey,
      ...(token ? { token } : {}),
      ...(Number.isNaN(expires) ? {} : { expires }),
    });
  };
}
