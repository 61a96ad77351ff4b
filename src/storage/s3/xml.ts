import { unescapeXml } from "../../aws/query/xml.ts";

/** What stands in each element of a name. S3's answers have no attributes and nest no element in its like. */
export function elements(xml: string, name: string): string[] {
  const found: string[] = [];
  const open = `<${name}>`;
  const close = `</${name}>`;
  for (let at = xml.indexOf(open); at >= 0; at = xml.indexOf(open, at)) {
    const end = xml.indexOf(close, at);
    if (end < 0) break;
    found.push(xml.slice(at + open.length, end));
    at = end;
  }
  return found;
}

export function text(xml: string, name: string): string | undefined {
  const open = `<${name}>`;
  const at = xml.indexOf(open);
  if (at < 0) return undefined;
  const end = xml.indexOf(`</${name}>`, at);
  return end < 0 ? undefined : unescapeXml(xml.slice(at + open.length, end));
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r\n\t]/g, (c) => `&#${c.charCodeAt(0)};`);
}
