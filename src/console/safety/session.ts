import { type Context, Hono, type MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { MayflyError } from "../../base/errors.ts";
import { readJson, refused } from "./guard.ts";
import type { Keys } from "./keys.ts";

/** Cookies know no ports: two consoles of one person would take each other's away. */
const cookieOf = (c: Context) => `mayfly-${c.req.header("host")?.split(":").at(-1)}`;

const signIn = (why: string) =>
  new MayflyError(
    "permission",
    `not signed in: ${why}`,
    "open the address that mayfly console prints; run it again in the project's folder for a new one",
  );

export function signingIn(keys: Keys): Hono {
  const app = new Hono();
  app.post("/session", async (c) => {
    const { token } = await readJson<{ token?: unknown }>(c);
    const session = typeof token === "string" ? keys.exchange(token) : undefined;
    if (session === undefined) throw signIn("this address has been used, or is of another console");
    setCookie(c, cookieOf(c), session, { httpOnly: true, sameSite: "Strict", path: "/" });
    return c.json({});
  });
  // No page has the key: it lies in a file that only its owner can read.
  app.post("/tokens", async (c) => {
    const { key } = await readJson<{ key?: unknown }>(c);
    if (typeof key !== "string" || !keys.isKey(key)) throw refused("its key is not this console's");
    return c.json({ token: keys.token() });
  });
  return app;
}

export function onlySignedIn(keys: Keys): MiddlewareHandler {
  return async (c, next) => {
    const value = getCookie(c, cookieOf(c));
    if (value === undefined) throw signIn("this browser has no session here");
    if (!keys.isSession(value)) throw signIn("its session is of a console that has ended");
    await next();
  };
}
