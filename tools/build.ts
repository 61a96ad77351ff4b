import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** `dist/`: JavaScript and types for the package; Node refuses TypeScript below node_modules. */
const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
writeFileSync(
  `${root}tsconfig.build.json`,
  JSON.stringify({
    extends: "./tsconfig.json",
    compilerOptions: {
      noEmit: false,
      allowImportingTsExtensions: false,
      declaration: true,
      outDir: "dist",
      rootDir: "src",
    },
    include: ["src"],
    exclude: ["src/**/*.test.ts"],
  }),
);
try {
  execFileSync(`${root}node_modules/.bin/tsc`, ["-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
} finally {
  rmSync(`${root}tsconfig.build.json`);
}
execFileSync(process.execPath, ["--no-warnings", `${root}tools/web.ts`], { stdio: "inherit" });
for (const file of [
  "mayfly.schema.json",
  "dashboard.schema.json",
  "aws/prices/table.json",
  "rehearsal/models/emr.json",
  "rehearsal/models/emr-serverless.json",
  "rehearsal/models/instance-types.json",
])
  copyFileSync(`${root}src/${file}`, `${root}dist/${file}`);
