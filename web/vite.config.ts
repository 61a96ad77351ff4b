import { defineConfig } from "vite";

/**
 * Two bundles: the console, whose heavy parts (charts, the editor) are loaded when a page needs them, and the charts of a
 * dashboard as one script, which a page that lies alone on a disk can carry.
 */
export default defineConfig(({ mode }) => ({
  root: `${import.meta.dirname}/${mode === "dashboard" ? "dashboard" : "console"}`,
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: `${import.meta.dirname}/../dist/web/${mode === "dashboard" ? "dashboard" : "console"}`,
    emptyOutDir: true,
    reportCompressedSize: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    ...(mode === "dashboard"
      ? {
          lib: {
            entry: "main.ts",
            formats: ["iife" as const],
            name: "mayfly",
            fileName: () => "main.js",
            cssFileName: "main",
          },
        }
      : {}),
  },
}));
