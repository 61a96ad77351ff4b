import { renameSync, rmSync, statSync } from "node:fs";
import { plural } from "../../base/format.ts";
import type { ObjectCache } from "../../query/cache.ts";
import { dataFiles } from "../../storage/dataset/describe.ts";
import { startSparkDriver } from "./spark/driver.ts";
import type { Held } from "./statement.ts";

interface With {
  objects: ObjectCache;
  env: NodeJS.ProcessEnv;
  say(text: string): void;
  held: Held;
}

/** DuckDB does not read ORC: Spark writes it as Parquet once, and that is kept as long as the files are the same. */
export async function parquetOf(paths: string[], uri: string, { objects, env, say, held }: With) {
  const key = paths.map((path) => {
    const { size, mtimeMs } = statSync(path);
    return `${path} ${size} ${mtimeMs}`;
  });
  const { paths: made, release } = await objects.made(
    `orc\n${key.join("\n")}`,
    "parquet",
    async (to) => {
      say(`${uri}: ORC, ${plural(paths.length, "file")}: Spark writes it as Parquet, once`);
      const driver = await startSparkDriver(env, say);
      try {
        const beside = `${to}.new`;
        rmSync(beside, { recursive: true, force: true });
        await driver.ask({ convert: paths, to: beside });
        renameSync(beside, to);
      } finally {
        await driver.close();
      }
    },
  );
  held.push(release);
  return made.flatMap((folder) => dataFiles(folder).map(({ path }) => path));
}
