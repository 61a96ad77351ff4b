import { type Effects, type RuntimeNews, systemEffects } from "../../spark/install/effects.ts";
import { ensureLines } from "../../spark/install/environment.ts";
import { findPython } from "../../spark/install/python.ts";
import { DEFAULT_SPARK } from "../../spark/versions.ts";

/**
 * What answers for S3 and all that is not EMR. It pins an exact botocore itself. Without duckdb its
 * Athena answers every query with `mock_value`.
 */
export const COMPANION = ["ministack==1.5.33", "duckdb==2.0.0"];

/** The Python that it runs on: fetched with the person's own pip configuration the first time. */
export async function installCompanion(
  say: (text: string) => void,
  env: NodeJS.ProcessEnv,
  effects: Effects = { ...systemEffects, env },
): Promise<string> {
  const tell = (news: RuntimeNews) => {
    if (news.kind === "note") say(news.text);
  };
  const python = await findPython(DEFAULT_SPARK, tell, effects);
  const wish = { lines: COMPANION, base: "/", what: `with ${COMPANION.join(", ")}` };
  return ensureLines({ python, ...wish }, tell, effects);
}
