/** No frame is longer: what is, is shown as it comes. */
const LONGEST = 2000;
const FRAME = /^\s+at [\w.$/<>-]+\(.*\)\s*$|^\s+\.\.\. \d+ more\s*$/;

/** Java's stack frames, of which one error has hundreds, become one line; the log keeps them all. */
export function foldJavaFrames(): { push(text: string): string; end(): string } {
  let rest = "";
  let folded = 0;
  const flush = () => {
    const text = folded > 0 ? `    … ${folded} Java frames (in the log)\n` : "";
    folded = 0;
    return text;
  };
  return {
    push(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      let shown = "";
      for (const line of lines) {
        if (FRAME.test(line)) folded++;
        else shown += `${flush()}${line}\n`;
      }
      // A prompt or a progress bar without a line's end must not wait; what may be a frame does.
      if (rest !== "" && (!/^\s/.test(rest) || rest.length > LONGEST)) {
        shown += flush() + rest;
        rest = "";
      }
      return shown;
    },
    end() {
      const text = flush() + (rest !== "" && !FRAME.test(rest) ? rest : "");
      rest = "";
      return text;
    },
  };
}
