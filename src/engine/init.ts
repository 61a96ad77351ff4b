import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { MayflyError, toMayflyError } from "../base/errors.ts";
import { createState, PROJECT_FILE, programsIn, STATE } from "./project.ts";

/** The words of the file, for editors; a copy lies in each project's state, so that the path is the same everywhere. */
const SCHEMA = resolve(import.meta.dirname, "../mayfly.schema.json");
const SCHEMA_COPY = `${STATE}/mayfly.schema.json`;

/** Writes a job file for the programs that lie here, or with one to start from. */
export function initProject(folder: string): { file: string; jobs: string[]; program?: string } {
  const file = join(folder, PROJECT_FILE);
  if (existsSync(file)) {
    throw new MayflyError(
      "refused",
      `cannot write "${file}": it is there already`,
      "edit it; docs/jobs.md shows every word",
    );
  }
  const programs = programsIn(folder);
  const found = programs.length > 0 ? programs : ["my_job.py"];
  const jobs = found.map((program) => ({ name: program.replace(/\.\w+$/, ""), program }));
  const environment = ["requirements.txt", "pyproject.toml"].find((name) =>
    existsSync(join(folder, name)),
  );
  const text = [
    `# yaml-language-server: $schema=./${SCHEMA_COPY}`,
    "# What runs, and nothing about where: mayfly run NAME",
    "jobs:",
    ...jobs.flatMap(({ name, program }) => [
      `  ${JSON.stringify(name)}:`,
      "    steps:",
      `      - ${program.endsWith(".jar") ? "jar" : "script"}: ${JSON.stringify(program)}`,
      ...(program.endsWith(".jar") ? ["        # class: com.example.Main"] : []),
      "        args: []",
      ...(environment && program.endsWith(".py")
        ? [
            `    python: { ${environment === "requirements.txt" ? "requirements" : "pyproject"}: ${environment} }`,
          ]
        : []),
    ]),
    "# On the laptop this bucket is that folder:",
    "# mounts:",
    "#   s3://my-bucket: ./data",
    "",
  ].join("\n");
  try {
    // wx: whoever was faster keeps what they wrote.
    writeFileSync(file, text, { flag: "wx" });
    createState(folder);
    copyFileSync(SCHEMA, join(folder, SCHEMA_COPY));
    if (programs.length === 0 && !existsSync(join(folder, "my_job.py"))) {
      writeFileSync(join(folder, "my_job.py"), FIRST_PROGRAM, { flag: "wx" });
    }
  } catch (error) {
    throw toMayflyError(error, `write "${file}"`);
  }
  const made = programs.length === 0 ? { program: join(folder, "my_job.py") } : {};
  return { file, jobs: jobs.map((job) => job.name), ...made };
}

const FIRST_PROGRAM = `from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("my job").getOrCreate()
spark.range(10).selectExpr("id", "id * id as square").show()
spark.stop()
`;
