import { MayflyError } from "../../base/errors.ts";

/** From the bits that something has to those it shall have. */
export type ModeChange = (mode: number, folder: boolean) => number;

const CLAUSE = /^([ugoa]*)((?:[-+=][rwxXt]*)+)$/;
const WHO = { u: 0o700, g: 0o070, o: 0o007 } as const;
const STICKY = 0o1000;

/** As chmod reads it: `644`, `u+rwx,g-w`, `a=r`, `-R`'s friend `X` (folders, and what somebody may execute already). */
export function readMode(text: string, umask: number): ModeChange {
  if (/^[01]?[0-7]{3}$/.test(text)) {
    const mode = Number.parseInt(text, 8);
    return () => mode;
  }
  const changes = text.split(",").map((clause) => {
    const [, who = "", what = ""] = CLAUSE.exec(clause) ?? [];
    if (what === "") throw unreadable(text);
    return [...what.matchAll(/([-+=])([rwxXt]*)/g)].map(
      ([, sign = "", bits = ""]): ModeChange =>
        (mode, folder) =>
          apply(mode, who, sign, bits, folder, umask),
    );
  });
  return (mode, folder) => changes.flat().reduce((now, change) => change(now, folder), mode);
}

function apply(
  mode: number,
  who: string,
  sign: string,
  bits: string,
  folder: boolean,
  umask: number,
): number {
  const all = who === "" || who.includes("a");
  const whose = all ? 0o777 : [...who].reduce((sum, one) => sum | WHO[one as "u" | "g" | "o"], 0);
  const executable = folder || (mode & 0o111) !== 0;
  const three =
    (bits.includes("r") ? 0o444 : 0) |
    (bits.includes("w") ? 0o222 : 0) |
    (bits.includes("x") || (bits.includes("X") && executable) ? 0o111 : 0);
  // Who names nobody means everybody whom the umask does not keep out, as in a shell.
  const masked = who === "" ? three & ~umask : three;
  const given = (masked & whose) | (bits.includes("t") && all ? STICKY : 0);
  if (sign === "+") return mode | given;
  if (sign === "-") return mode & ~given;
  return (mode & ~(whose | (all ? STICKY : 0))) | given;
}

function unreadable(text: string): MayflyError {
  return new MayflyError(
    "usage",
    `cannot read the mode "${text}"`,
    "write it as 644, u+rwx,g-w or a=rX",
  );
}
