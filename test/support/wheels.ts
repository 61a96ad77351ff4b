import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

export interface WheelWish {
  name: string;
  version?: string;
  /** `py3-none-any` where nothing is said. */
  tags?: string;
  requires?: string[];
  python?: string;
  /** Path within the wheel → content. */
  files?: Record<string, string>;
}

const MAKE = `
import json, sys, zipfile
wish = json.loads(sys.argv[1])
with zipfile.ZipFile(sys.argv[2], "w") as wheel:
    for name, text in wish.items():
        # Each at a time of its own, as files on a disk are.
        wheel.writestr(zipfile.ZipInfo(name, (2000 + len(name) % 20, 1, 1, 0, 0, 0)), text)
`;

/** A wheel as an index has it, of a module with one number in it unless files are given; its path. */
export function makeWheel(folder: string, wish: WheelWish): string {
  const { name, version = "1.0", tags = "py3-none-any", requires = [], python } = wish;
  mkdirSync(folder, { recursive: true });
  const info = `${name}-${version}.dist-info`;
  const metadata = [
    "Metadata-Version: 2.1",
    `Name: ${name}`,
    `Version: ${version}`,
    ...(python ? [`Requires-Python: ${python}`] : []),
    ...requires.map((one) => `Requires-Dist: ${one}`),
  ];
  const files = {
    ...(wish.files ?? { [`${name}.py`]: `version = "${version}"\n` }),
    [`${info}/METADATA`]: `${metadata.join("\n")}\n`,
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tags}\n`,
    [`${info}/RECORD`]: "",
  };
  const path = join(folder, `${name}-${version}-${tags}.whl`);
  execFileSync("python3", ["-c", MAKE, JSON.stringify(files), path]);
  return path;
}
