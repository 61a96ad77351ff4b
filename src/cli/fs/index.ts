import type { Verb } from "../command.ts";

/** Each word of `mayfly fs`, loaded only when it is used. */
export const VERBS: Record<string, Verb> = {
  ls: { summary: "what lies there", load: async () => (await import("./look/ls.ts")).ls },
  find: {
    summary: "files by their names",
    load: async () => (await import("./look/find.ts")).find,
  },
  du: { summary: "how much it is", load: async () => (await import("./look/du.ts")).du },
  stat: { summary: "all about one", load: async () => (await import("./look/stat.ts")).stat },
  cat: { summary: "what is in it", load: async () => (await import("./look/cat.ts")).cat },
  head: { summary: "its first lines", load: async () => (await import("./look/cat.ts")).head },
  cp: { summary: "copy files and folders", load: async () => (await import("./move/cp.ts")).cp },
  mv: {
    summary: "copy, and remove what arrived",
    load: async () => (await import("./move/cp.ts")).mv,
  },
  sync: {
    summary: "make one folder like another",
    load: async () => (await import("./move/sync.ts")).sync,
  },
  rm: { summary: "remove", load: async () => (await import("./change/rm.ts")).rm },
  leftovers: {
    summary: "what broken transfers left",
    load: async () => (await import("./change/leftovers.ts")).leftovers,
  },
  mkdir: { summary: "make a folder", load: async () => (await import("./change/make.ts")).mkdir },
  chmod: {
    summary: "change who may read and write",
    load: async () => (await import("./change/chmod.ts")).chmod,
  },
  mb: { summary: "make a bucket", load: async () => (await import("./change/make.ts")).mb },
  presign: {
    summary: "a link to an object, for a while",
    load: async () => (await import("./look/presign.ts")).presign,
  },
  rb: { summary: "remove a bucket", load: async () => (await import("./change/make.ts")).rb },
};
