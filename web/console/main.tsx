import { render } from "preact";
import { App } from "./app.tsx";
import { signIn } from "./lib/api.ts";
import "./lib/keys.ts";
import "./style.css";

const place = document.getElementById("app");
if (place) render(<App />, place);
void signIn();
