import { spawn } from "node:child_process";
import { once } from "node:events";
import { eventually } from "../eventually.ts";

/** A pseudo-terminal of 80 by 24; Python has them everywhere, Node has none. What is typed comes by the pipe. */
const PYTHON = `
import fcntl, os, pty, select, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    for ready in select.select([0, fd], [], [])[0]:
        try:
            data = os.read(ready, 65536)
        except OSError:
            data = b""
        if not data:
            if ready == 0:
                os.kill(pid, 9)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        os.write(fd if ready == 0 else 1, data)
`;

export interface Terminal {
  /** Presses keys, then waits for what they bring about: from the line on where they are typed. */
  type(keys: string, shows?: string | RegExp): Promise<string>;
  /** The exit code, when the program has left. */
  left(): Promise<number>;
  end(): void;
}

export const KEYS = { up: "\u001b[A", tab: "\t", ctrlC: "\u0003", ctrlD: "\u0004", enter: "\r" };

/** A program at a terminal, as somebody sits before it. */
export function openTerminal(args: string[], cwd: string, env: NodeJS.ProcessEnv): Terminal {
  const child = spawn("python3", ["-c", PYTHON, ...args], {
    cwd,
    env: { ...env, TERM: "xterm" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return {
    async type(keys, shows) {
      const from = said.lastIndexOf("\n") + 1;
      child.stdin.write(keys);
      if (shows === undefined) return "";
      const fits = (text: string) =>
        typeof shows === "string" ? text.includes(shows) : shows.test(text);
      const look = async () => {
        const text = plain(said.slice(from));
        return fits(text) ? text : undefined;
      };
      return eventually(`${JSON.stringify(shows)}`, look, 20, 30_000).catch((error: unknown) => {
        throw new Error(`the terminal shows ${JSON.stringify(said.slice(from))}`, { cause: error });
      });
    },
    async left() {
      const [code] = await exit;
      return code as number;
    },
    end: () => void child.kill("SIGKILL"),
  };
}

/** Without what moves the cursor and colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are
const plain = (text: string) => text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
