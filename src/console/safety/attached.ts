/** A file to keep, whatever is in it: no browser shows it as a page of the console. */
export const attached = (name: string): Record<string, string> => ({
  "Content-Type": "application/octet-stream",
  "Content-Disposition": `attachment; filename="${name.replace(/[^\w.-]/g, "_")}"; filename*=UTF-8''${encodeURIComponent(name.toWellFormed())}`,
});
