/** Text in HTML or XML, also in the quotes of an attribute. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** A page without scripts, whose text is somebody else's; the body is escaped by who makes it. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>body{font:15px/1.5 sans-serif;margin:2em}th{text-align:left}td,th{padding:0 1.5em 0 0;vertical-align:top}</style>
</head>
<body>
${body}</body>
</html>
`;
}
