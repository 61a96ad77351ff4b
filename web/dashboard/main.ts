import type { Page } from "../../src/model/dashboard/results.ts";
import { mount } from "./page.ts";
import "./dashboard.css";

export { card } from "./card.ts";
export { mount } from "./page.ts";
export { picture } from "./picture.ts";

/** A page that lies alone brings its data with it. */
if (typeof document !== "undefined") {
  const data = document.getElementById("mayfly-data");
  const main = document.querySelector("main");
  if (data && main) mount(main, JSON.parse(data.textContent ?? "") as Page);
}
