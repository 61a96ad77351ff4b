import { MayflyError } from "../../base/errors.ts";
import { didYouMean } from "../../base/nearest.ts";
import { kinds, makeTarget } from "../../targets/index.ts";
import type { Target } from "../../targets/target.ts";
import type { Project } from "../project.ts";

/** Of the README's table of targets. */
const PLANNED = ["standalone", "yarn", "hosts", "ec2", "serverless"];

/** `--on WHERE`: a target of mayfly.yaml or a kind. A word with two meanings is an error. */
export async function chooseTarget(on: string | undefined, project: Project): Promise<Target> {
  const targets = project.file?.targets ?? {};
  if (on === undefined) return makeTarget("local", "local");
  const named = Object.hasOwn(targets, on) ? targets[on] : undefined;
  const isKind = kinds().includes(on);
  if (named && isKind && named.kind !== on) {
    throw new MayflyError(
      "ambiguous",
      `cannot tell where "${on}" is: a target of mayfly.yaml (kind ${named.kind}) and a kind have this name`,
      "rename the target",
    );
  }
  if (named) return makeTarget(named.kind, on, named);
  if (isKind) return makeTarget(on, on);
  const known = [...Object.keys(targets), ...kinds()];
  if (PLANNED.includes(on)) {
    throw new MayflyError(
      "usage",
      `cannot run on "${on}": this kind is planned and not built yet`,
      `what there is: ${[...new Set(known)].join(", ")}`,
    );
  }
  throw new MayflyError(
    "usage",
    `cannot run on "${on}": no target and no kind has this name`,
    didYouMean(on, known) ?? `known: ${[...new Set(known)].join(", ")}`,
  );
}
