import { signal } from "@preact/signals";
import type { Problem, Session } from "../../../src/console/api.ts";
import { go } from "./route.ts";

/** Whether this page may ask: not known yet, yes, no, or nobody is there to answer. */
export const session = signal<Session | "asking" | Problem>("asking");
export const gone = signal(false);

export class Failed extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

const ENDED: Problem = {
  code: "gone",
  message: "The console does not answer any more.",
  remedy:
    "It has ended, or this machine slept. Start it again in the project's folder: mayfly console",
};

export const problemOf = (error: unknown): Problem =>
  error instanceof Failed ? error.problem : { code: "bug", message: String(error) };

export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    gone.value = true;
    throw new Failed(ENDED);
  }
  gone.value = false;
  if (answer.ok) return answer;
  const { error } = (await answer.json().catch(() => ({}))) as { error?: Problem };
  const problem = error ?? { code: "bug", message: `${path}: ${answer.status}` };
  if (problem.message.startsWith("not signed in")) session.value = problem;
  throw new Failed(problem);
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await ask(path, signal ? { signal } : {})).json() as Promise<T>;
}

export async function post<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
  const answer = await ask(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  return answer.json() as Promise<T>;
}

/** The token stands behind the # once; it is gone from the address before anything else happens. */
addEventListener("hashchange", () => {
  // A new address of the console, opened where an old page of it stands.
  if (location.hash.startsWith("#token=")) void signIn();
});

export async function signIn(): Promise<void> {
  const [, token, page = "/runs"] = /^#token=([\w-]+)(?:&page=(.+))?$/.exec(location.hash) ?? [];
  try {
    if (token !== undefined) {
      go(`#${page}`, true);
      await post("api/session", { token });
    }
    session.value = await get<Session>("api");
  } catch (error) {
    session.value = problemOf(error);
  }
}
