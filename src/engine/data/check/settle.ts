import { withoutHeader } from "../../../storage/formats/text/csv.ts";
import type { Looked } from "./look-all.ts";

/** What one file alone leaves open is said by the others. */
export function settle(files: readonly Looked[]): Looked[] {
  return settleEncodings(settleHeaders(files));
}

/**
 * Words in a first line may be names or values. Names come back in other files; what stands in no
 * other first line, where there are others, is a row.
 */
function settleHeaders(files: readonly Looked[]): readonly Looked[] {
  const tables = files.filter(({ look }) => look.format === "csv");
  if (tables.length < 2 || !tables.some(({ look }) => look.header === "likely")) return files;
  const times = new Map<string, number>();
  for (const { look } of tables) {
    if (look.header === "none") continue;
    for (const { name } of look.columns) times.set(name, (times.get(name) ?? 0) + 1);
  }
  const isName = ({ look }: Looked) => {
    const shared = look.columns.filter(({ name }) => (times.get(name) ?? 0) > 1);
    // One word may come again by chance.
    return shared.length * 2 >= look.columns.length;
  };
  return files.map((file) => {
    if (file.look.format !== "csv" || file.look.header !== "likely" || isName(file)) return file;
    return { ...file, look: withoutHeader(file.look) };
  });
}

/** Text without any letter beyond ASCII reads the same in all of these. */
function settleEncodings(files: readonly Looked[]): Looked[] {
  const times = new Map<string, number>();
  for (const { look } of files) {
    const { encoding } = look;
    if (encoding && encoding !== "US-ASCII" && !encoding.startsWith("UTF-16"))
      times.set(encoding, (times.get(encoding) ?? 0) + 1);
  }
  const utf8 = times.get("UTF-8") ?? 0;
  const [most = ["UTF-8", 0]] = [...times].sort((a, b) => b[1] - a[1]);
  const usual = most[1] > utf8 ? most[0] : "UTF-8";
  return files.map((file) =>
    file.look.encoding === "US-ASCII" ? { ...file, look: { ...file.look, encoding: usual } } : file,
  );
}
