import { MayflyError } from "../../base/errors.ts";
import {
  ALGORITHM,
  canonicalRequest,
  hmac,
  scopeText,
  sha256,
  signingKey,
  stringToSign,
} from "../door/signature/canonical.ts";
import { type Asked, OWN_SERVICE, type Told } from "../faults/control/asked.ts";
import type { Counted } from "../faults/faults.ts";
import { isRunning, type Rehearsal, readRehearsal, rehearsalFolder } from "./records.ts";

/** Asks a rehearsal that runs, by its name. */
export async function askFaults(
  name: string,
  env: NodeJS.ProcessEnv,
  asked: Asked,
): Promise<Counted[]> {
  const folder = rehearsalFolder(name, env);
  const known = readRehearsal(folder);
  if (!known || !isRunning(folder))
    throw new MayflyError(
      "not-found",
      `the rehearsal "${name}" does not run; faults live in one that does`,
      `mayfly rehearsal start${name === "default" ? "" : ` --name ${name}`}`,
    );
  const { faults, problem } = await tell(known, asked);
  if (problem) throw new MayflyError("usage", problem.message, problem.remedy);
  return faults;
}

/** Undefined where nobody answers: it is about to end, or it hangs. */
export async function faultsOf(known: Rehearsal): Promise<Counted[] | undefined> {
  try {
    return (await tell(known, { do: "list" }, 1000)).faults;
  } catch {
    return undefined;
  }
}

async function tell(known: Rehearsal, asked: Asked, ms = 10_000): Promise<Told> {
  const endpoint = `http://127.0.0.1:${known.port}/`;
  const body = JSON.stringify(asked);
  try {
    const answer = await fetch(endpoint, {
      method: "POST",
      headers: signed(known, body),
      body,
      signal: AbortSignal.timeout(ms),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${(await answer.text()).slice(0, 200)}`);
    return (await answer.json()) as Told;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MayflyError(
      "busy",
      `cannot ask the rehearsal on port ${known.port} for its faults: ${why}`,
      "mayfly rehearsal status shows whether it runs",
      error,
    );
  }
}

/** Signature version 4, as the door itself computes it. */
function signed({ port, region, accessKey, secretKey }: Rehearsal, body: string) {
  const date = `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const scope = { day: date.slice(0, 8), region, service: OWN_SERVICE };
  const headers: [string, string][] = [
    ["host", `127.0.0.1:${port}`],
    ["x-amz-date", date],
  ];
  const names = headers.map(([name]) => name);
  const asked = { method: "POST", path: "/", query: "", headers };
  const canonical = canonicalRequest(asked, names, sha256(Buffer.from(body)), OWN_SERVICE) ?? "";
  const text = stringToSign(date, scope, canonical);
  const signature = hmac(signingKey(secretKey, scope), text).toString("hex");
  const credential = `${accessKey}/${scopeText(scope)}`;
  return {
    "content-type": "application/json",
    "x-amz-date": date,
    authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}
