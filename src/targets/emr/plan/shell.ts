/**
 * What only the account can say, where nobody has asked it yet. In the line a shell finds out when it is pasted; in a policy
 * it is any.
 */
export const ACCOUNT = "{ACCOUNT}";
export const CALLER = "{CALLER}";

const ASKED: Readonly<Record<string, string>> = {
  [ACCOUNT]: '"$(aws sts get-caller-identity --query Account --output text)"',
  [CALLER]: '"$(aws sts get-caller-identity --query Arn --output text)"',
};

/** One word of a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  const parts = text.split(/(\{ACCOUNT\}|\{CALLER\})/);
  return parts
    .map((part) => ASKED[part] ?? (part === "" && parts.length > 1 ? "" : quoted(part)))
    .join("");
}

const quoted = (text: string) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
