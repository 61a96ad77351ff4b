import { writeAtomic } from "../../base/files.ts";

/** What a driver's JVM is to run; java/src/mayfly/Request.java reads it. */
export interface DriverRequest {
  env: NodeJS.ProcessEnv;
  properties: Record<string, string>;
  /** As for spark-submit. */
  args: readonly string[];
}

/** Words parted by NUL. The environment may hold secrets: the file is the person's alone. */
export function writeRequest(path: string, { env, properties, args }: DriverRequest): void {
  const pairs = (values: Record<string, string | undefined>) => {
    const list = Object.entries(values).filter(([, value]) => value !== undefined);
    return [String(list.length), ...list.map(([name, value]) => `${name}=${value}`)];
  };
  const words = [...pairs(env), ...pairs(properties), ...args];
  writeAtomic(path, words.map((word) => `${word}\0`).join(""), 0o600);
}
