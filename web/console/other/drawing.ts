/** What draws charts, loaded when there is one to draw: the same that draws a dashboard in a page of its own. */
import "../../dashboard/dashboard.css";

export { card } from "../../dashboard/card.ts";
export { mount } from "../../dashboard/page.ts";
