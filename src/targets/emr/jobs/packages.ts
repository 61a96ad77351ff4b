import type { Job, Step } from "../../../model/job.ts";
import { fileOf, filesFrom } from "../../../spark/install/asked.ts";
import { type Effects, type RuntimeNews, systemEffects } from "../../../spark/install/effects.ts";
import { withJars } from "../../../spark/pack/jars.ts";
import { packFor } from "../../../spark/pack/pack.ts";
import { minorOf } from "../../../spark/pack/platform.ts";
import { sparkOfRelease } from "../../../spark/releases.ts";
import { DEFAULT_SPARK } from "../../../spark/versions.ts";
import type { TargetContext } from "../../target.ts";
import { platformOf } from "../shape/platform.ts";
import { type EmrSettings, releaseOf } from "../shape/settings.ts";

/** What a job's Python programs have on a cluster beside what is there. */
export interface Packages {
  /** The archive on S3. */
  uri: string;
  /** The command that runs them: `python3.9`. */
  python: string;
}

/** The same before they are brought there. */
export interface MadePackages {
  file: string;
  python: string;
}

/** Where they are unpacked, in the working folder of the step and of each container. */
const FOLDER = "mayfly-packages";

/** Whether anything is to be brought, as the plan tells it. */
export const wantsPackages = (job: Job, { python }: EmrSettings) =>
  job.steps.some(runsPython) && (fileOf(job.python ?? {}) !== undefined || python !== undefined);

/** A command may start a Python as well, as on the laptop. */
const runsPython = ({ kind }: Step) =>
  kind === "pyspark" || kind === "python" || kind === "command";

/** What the job needs is found and made on this machine, for those of the cluster, before there is one. */
export async function makePackages(
  job: Job,
  settings: EmrSettings,
  { emit, env, signal }: Pick<TargetContext, "emit" | "env" | "signal">,
): Promise<{ job: Job; made?: MadePackages }> {
  const effects: Effects = {
    ...systemEffects,
    env,
    exec: (command, args, options) => systemEffects.exec(command, args, { ...options, signal }),
  };
  const tell = (news: RuntimeNews) => {
    if (news.kind === "note") emit({ code: "note", text: news.text });
  };
  const release = releaseOf(job, settings);
  const resolved = await withJars(job, tell, effects);
  if (!wantsPackages(job, settings)) return { job: resolved };
  const { bare, ...platform } = platformOf(settings, release);
  const wish = {
    ...filesFrom(job.folder, job.python),
    spark: sparkOfRelease(release) ?? DEFAULT_SPARK,
    bare,
  };
  const pack = await packFor(platform, wish, tell, effects);
  if (!pack) return { job: resolved };
  emit({ code: "note", text: `packages: ${pack.how}` });
  const python = `python${minorOf(platform.python)}`;
  return { job: resolved, made: { file: pack.file, python } };
}

/**
 * Where programs find them: YARN unpacks an archive in the folder of each container, of driver and workers (Spark's guide,
 * "Running on YARN": --archives), and that folder is where they run.
 */
export function submitPackages(
  step: Step,
  packages: Packages | undefined,
): {
  archives: string[];
  conf: Record<string, string>;
} {
  if (!packages || step.kind !== "pyspark") return { archives: [], conf: {} };
  return {
    archives: [`${packages.uri}#${FOLDER}`],
    // EMR's spark-env.sh sets PYSPARK_PYTHON itself: a setting is stronger.
    conf: { "spark.pyspark.python": packages.python },
  };
}

/** Before all that is found there already. */
export function packagesEnv(
  env: Record<string, string>,
  packages: Packages | undefined,
): Record<string, string> {
  if (!packages) return env;
  return { ...env, PYTHONPATH: [`./${FOLDER}`, env.PYTHONPATH].filter(Boolean).join(":") };
}

/**
 * On the primary, in the step's own folder: the Python is looked for first, whose absence would show itself late and in other words.
 * A driver in client mode runs here, where YARN unpacks nothing; plain programs do, too, and for them `python3` is this Python.
 */
const UNPACK = `set -e
python=$1 archive=$2
shift 2
if ! command -v "$python" >/dev/null; then
  echo "mayfly: the job's packages are made for $python, which is not on this machine: python3 is $(python3 -V 2>&1)." >&2
  has=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  echo "mayfly: say which Python the cluster has, in its target in mayfly.yaml: python: \\"$has\\"" >&2
  exit 1
fi
if [ "$archive" != - ]; then
  mkdir -p ${FOLDER} .mayfly-bin
  aws s3 cp --only-show-errors "$archive" .mayfly-packages.tar.gz
  tar -xzf .mayfly-packages.tar.gz -C ${FOLDER}
  rm .mayfly-packages.tar.gz
  ln -sf "$(command -v "$python")" .mayfly-bin/python3
  export PATH="$PWD/.mayfly-bin:$PWD/${FOLDER}/bin:$PATH"
fi
exec "$@"`;

/** `contained`: all but the command that submits it runs in containers. */
export function withPackages(
  words: string[],
  step: Step,
  packages: Packages | undefined,
  contained: boolean,
): string[] {
  if (!packages || !runsPython(step)) return words;
  return [
    "bash",
    "-c",
    UNPACK,
    "mayfly",
    packages.python,
    contained ? "-" : packages.uri,
    ...words,
  ];
}
