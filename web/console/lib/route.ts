import { signal } from "@preact/signals";

/** Where someone is stands in the address behind the #: it can be kept, sent and gone back to. */
export interface Route {
  path: string[];
  values: Record<string, string>;
}

export const route = signal<Route>(read());

function read(): Route {
  const [path = "", values = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return {
    path: path.split("/").filter(Boolean).map(decodeURIComponent),
    values: Object.fromEntries(new URLSearchParams(values)),
  };
}

addEventListener("hashchange", () => {
  route.value = read();
});

export function to(path: string[], values: Record<string, string | number | undefined> = {}) {
  const more = query(values);
  return `#/${path.map(encodeURIComponent).join("/")}${more ? `?${more}` : ""}`;
}

export function go(href: string, replace = false): void {
  if (replace) {
    history.replaceState(null, "", href);
    route.value = read();
  } else location.hash = href;
}

export const query = (values: Record<string, string | number | undefined>): string =>
  new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined || value === "" ? [] : [[name, String(value)]],
    ),
  ).toString();
