import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** `dist/web/`: the console's pages and the script of dashboards, from `web/`. */
const root = fileURLToPath(new URL("..", import.meta.url));
for (const mode of ["console", "dashboard"])
  await build({ configFile: join(root, "web/vite.config.ts"), mode, logLevel: "warn" });
// What is newer than this in web/ asks for another build.
writeFileSync(join(root, "dist/web/built"), "");
