import { readFileSync, writeFileSync } from "node:fs";
import { toJsonSchema } from "@valibot/to-json-schema";
import { projectSchema } from "../src/model/file/project.ts";

/** `src/mayfly.schema.json` from the schema that reads the file; `--check` only compares. */
const path = new URL("../src/mayfly.schema.json", import.meta.url);
const schema = toJsonSchema(projectSchema, { typeMode: "input", errorMode: "ignore" });
const text = `${JSON.stringify({ ...schema, title: "mayfly.yaml", description: "Jobs and targets of a Mayfly project" }, null, 2)}\n`;
if (process.argv.includes("--check")) {
  if (readFileSync(path, "utf8") !== text) {
    console.error("src/mayfly.schema.json is not what the schema says: run npm run schema");
    process.exitCode = 1;
  }
} else writeFileSync(path, text);
