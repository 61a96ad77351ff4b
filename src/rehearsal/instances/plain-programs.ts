import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Software, STANDINS } from "./software.ts";

/** Those that run as well where they are not behind walls. */
const RUNNERS = ["command-runner", "script-runner", "run-jar"];

/** What steps of EMR call by name, for an instance without walls: a folder for the PATH. */
export function plainPrograms(folder: string, { python, awscli, spark }: Software): string {
  mkdirSync(folder, { recursive: true });
  for (const name of RUNNERS) {
    if (!existsSync(join(folder, name)))
      symlinkSync(join(STANDINS, "bin", name), join(folder, name));
  }
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}`);
    chmodSync(join(folder, name), 0o755);
  };
  write("aws", `PYTHONPATH=${quote(awscli)} exec ${quote(python.path)} -m awscli "$@"\n`);
  if (spark) {
    // EMR Serverless's driver differs by what it finds beside itself, which no machine without walls has.
    for (const name of ["spark-submit", "emr-serverless-driver"])
      write(name, submit(join(spark.runtime.sparkHome, "bin/spark-submit")));
  }
  return folder;
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** There is no YARN here: what names one, or asks for a container, is left out, up to the program. */
const submit = (real: string) => `next=option
for word in "$@"; do
  shift
  case $next in
    dropped) next=option; continue ;;
    value) next=option ;;
    option)
      case $word in
        --master | --deploy-mode) next=dropped; continue ;;
        --master=* | --deploy-mode=*) continue ;;
        --*=* | --verbose | --supervise) ;;
        -*) next=value ;;
        *) next=program ;;
      esac ;;
  esac
  set -- "$@" "$word"
done
exec ${quote(real)} "$@"
`;
