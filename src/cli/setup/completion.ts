import { MayflyError } from "../../base/errors.ts";
import { COMMON, type Command, type Entry } from "../command.ts";
import { bash, fish, type Words, zsh } from "./completion-scripts.ts";

const SHELLS = { bash, zsh, fish };

export const completion: Command = {
  summary: "completion for bash, zsh or fish",
  usage: "completion bash|zsh|fish",
  examples: [
    ["completion bash", 'for ~/.bashrc: eval "$(mayfly completion bash)"'],
    ["completion zsh", 'for ~/.zshrc: eval "$(mayfly completion zsh)"'],
    ["completion fish", "for ~/.config/fish: mayfly completion fish | source"],
  ],
  options: {},
  words: Object.keys(SHELLS),
  // The scripts ask for jobs and runs through these words, which no person types.
  most: 2,
  async run(input, io, commands) {
    const [shell = "", what] = input.words;
    if (shell === "list") {
      io.out((await listWords(what ?? "", io.cwd)).map((word) => `${word}\n`).join(""));
      return 0;
    }
    const write = Object.hasOwn(SHELLS, shell) ? SHELLS[shell as keyof typeof SHELLS] : undefined;
    if (!write) {
      throw new MayflyError(
        "usage",
        `cannot write a completion for "${shell}"`,
        `shells: ${Object.keys(SHELLS).join(", ")}`,
      );
    }
    const script = write(await describeCommands(commands));
    io.out(input.flags.has("json") ? `${JSON.stringify({ shell, script })}\n` : script);
    return 0;
  },
};

async function describeCommands(commands: Record<string, Entry>): Promise<Words[]> {
  const described: Words[] = [];
  for (const [name, entry] of Object.entries(commands)) {
    if ("verbs" in entry) {
      const words = Object.keys(await entry.verbs());
      described.push({ name, summary: entry.summary, options: [], words });
      continue;
    }
    const command = await entry.load();
    const options = Object.keys({ ...command.options, ...COMMON }).map((option) => `--${option}`);
    described.push({ name, summary: entry.summary, options, words: command.words ?? [] });
  }
  return described;
}

async function listWords(what: string, cwd: string): Promise<string[]> {
  const { loadProject, projectFolder } = await import("../../engine/project.ts");
  const project = projectFolder(cwd);
  if (what === "run") {
    const { runIds } = await import("../../engine/runs/records.ts");
    return runIds(project).slice(0, 20);
  }
  try {
    return Object.keys((await loadProject(project)).file?.jobs ?? {});
  } catch {
    return []; // a completion has no place to complain
  }
}
