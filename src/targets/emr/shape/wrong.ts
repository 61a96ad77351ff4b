import { MayflyError } from "../../../base/errors.ts";

/** What mayfly.yaml asks for and no cluster can be: said before anything is made. */
export class Wrong extends MayflyError {
  constructor(target: string, what: string, remedy?: string) {
    super("job-file", `cannot use the target "${target}": ${what}`, remedy);
  }
}
