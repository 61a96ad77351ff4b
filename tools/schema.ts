import { readFileSync, writeFileSync } from "node:fs";
import { toJsonSchema } from "@valibot/to-json-schema";
import { dashboardSchema } from "../src/model/dashboard/schema.ts";
import { projectSchema } from "../src/model/file/project.ts";

/** `src/*.schema.json` from the schemas that read the files; `--check` only compares. */
const FILES = {
  mayfly: { schema: projectSchema, description: "Jobs and targets of a Mayfly project" },
  dashboard: { schema: dashboardSchema, description: "Queries and charts of a Mayfly dashboard" },
};
for (const [name, { schema, description }] of Object.entries(FILES)) {
  const path = new URL(`../src/${name}.schema.json`, import.meta.url);
  const made = toJsonSchema(schema, { typeMode: "input", errorMode: "ignore" });
  const text = `${JSON.stringify({ ...made, title: `${name}.yaml`, description }, null, 2)}\n`;
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    console.error(`src/${name}.schema.json is not what the schema says: run npm run schema`);
    process.exitCode = 1;
  }
}
