/** Where a path begins to be a pattern: the folder before it, and the pattern below that. */
export function splitGlob(path: string): { folder: string; glob: string } | undefined {
  const at = path.search(/[*?[]/);
  if (at < 0) return undefined;
  const slash = path.lastIndexOf("/", at);
  return { folder: path.slice(0, slash + 1), glob: path.slice(slash + 1) };
}

/** In a path `*` ends at the next `/`, as in a shell; `**` does not. */
export function pathPattern(glob: string): RegExp {
  return pattern(glob, "[^/]*", "[^/]");
}

/** In an include or exclude `*` is anything, as with `aws s3`: `*.csv` is also `a/b.csv`. */
export function filterPattern(glob: string): RegExp {
  return pattern(glob, "[\\s\\S]*", "[\\s\\S]");
}

function pattern(glob: string, star: string, one: string): RegExp {
  const source = glob.replace(/\*\*+|\*|\?|\[!?[^\]]+\]|[\s\S]/g, (part) => {
    if (part === "*") return star;
    if (part.startsWith("**")) return "[\\s\\S]*";
    if (part === "?") return one;
    if (part.length > 1) return part.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
    return part.replace(/[.+^${}()|\\[\]/]/, "\\$&");
  });
  try {
    return new RegExp(`^${source}$`, "u");
  } catch {
    return new RegExp(`^${glob.replace(/[.*+?^${}()|\\[\]]/g, "\\$&")}$`); // [z-a] is nobody's pattern
  }
}

/** What lies below a name that begins with _ or . is no data, as for Spark. */
export const isHidden = (path: string): boolean => /(?:^|\/)[_.]/.test(path);
