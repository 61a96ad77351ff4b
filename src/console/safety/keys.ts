import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Who may ask: a token is good for one exchange, what it is exchanged for is good until the console ends. */
export interface Keys {
  /** A new one, for an address that a person opens. */
  token(): string;
  /** The value of a session's cookie; undefined for what is no token, or one that was used. */
  exchange(token: string): string | undefined;
  isSession(value: string): boolean;
  /** Lets another command of the same person ask for a token. */
  key: string;
  isKey(value: string): boolean;
}

const digest = (text: string) => createHash("sha256").update(text).digest();
const random = () => randomBytes(32).toString("base64url");

export function makeKeys(): Keys {
  // Only digests are held, all of one length: comparing takes the same time whatever is compared.
  const tokens: Buffer[] = [];
  const sessions: Buffer[] = [];
  const key = random();
  const held = digest(key);
  const find = (among: Buffer[], value: string) => {
    const wanted = digest(value);
    return among.reduce((found, one, i) => (timingSafeEqual(one, wanted) ? i : found), -1);
  };
  return {
    key,
    isKey: (value) => timingSafeEqual(held, digest(value)),
    token() {
      const token = random();
      tokens.push(digest(token));
      if (tokens.length > 20) tokens.shift();
      return token;
    },
    exchange(token) {
      const found = find(tokens, token);
      if (found < 0) return undefined;
      tokens.splice(found, 1);
      const session = random();
      sessions.push(digest(session));
      return session;
    },
    isSession: (value) => find(sessions, value) >= 0,
  };
}
