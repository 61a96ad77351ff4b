import { spawn } from "node:child_process";

/** Best effort: the address has been printed, whoever has no browser here opens it elsewhere. */
export function openBrowser(url: string): void {
  const command = process.platform === "darwin" ? "open" : "xdg-open";
  const child = spawn(command, [url], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
