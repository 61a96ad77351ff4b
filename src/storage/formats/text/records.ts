/** Records of text as a CSV reader splits them: a quoted cell may hold the delimiter and line ends. */
export function readRecords(text: string, delimiter: string, most: number): Records {
  const rows: string[][] = [];
  let [row, at, multiLine] = [[] as string[], 0, false];
  while (at < text.length && rows.length < most) {
    const start = at;
    let cell: string;
    if (text[at] === '"') {
      const end = endOfQuote(text, at + 1);
      if (end < 0) return { rows, multiLine, open: true };
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      if (cell.includes("\n")) multiLine = true;
      at = end + 1;
    } else cell = "";
    const from = at;
    while (at < text.length && text[at] !== delimiter && text[at] !== "\n") at++;
    cell += text.slice(from, at);
    row.push(text[start] === '"' ? cell.replace(/\r$/, "") : cell.replace(/\r$/, ""));
    if (text[at] === delimiter) {
      at++;
      if (at < text.length && text[at] !== "\n") continue;
      row.push("");
    }
    at++;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return { rows, multiLine, open: false };
}

export interface Records {
  rows: string[][];
  multiLine: boolean;
  /** It ends within quotes. */
  open: boolean;
}

function endOfQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    if (text[at + 1] !== '"') return at;
    at++;
  }
  return -1;
}
