import type { Verb } from "../command.ts";

/** Each word of `mayfly dashboard`, loaded only when it is used. */
export const VERBS: Record<string, Verb> = {
  build: {
    summary: "one HTML file with charts and data, which opens from anywhere",
    load: async () => (await import("./build.ts")).build,
  },
  serve: {
    summary: "in the console: asked again when an input moves, or by itself",
    load: async () => (await import("./serve.ts")).serve,
  },
  export: {
    summary: "each chart as PNG, SVG or CSV",
    load: async () => (await import("./export.ts")).exportCommand,
  },
  publish: {
    summary: "the page into a bucket, private, with a link that ends",
    load: async () => (await import("./publish.ts")).publish,
  },
};
