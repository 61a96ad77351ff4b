import { agrees, type Checked } from "../check/check.ts";
import type { Group } from "../check/group.ts";
import { allBelow } from "../check/layout.ts";
import { makeRecipe } from "../recipe/recipe.ts";

/** What to write instead of a plain read of the prefix. */
export interface Advice {
  text: string;
  code?: string[];
  /** The program that was written. */
  file?: string;
}

/** Longer ones are for a file. */
const MOST_LINES = 40;
const LONGEST = 400;

export function advise(checked: Checked, written: string | undefined): Advice {
  if (written) return { text: `to see what it reads: mayfly run ${written}`, file: written };
  const { uri, groups, looked } = checked;
  const command = `mayfly data check ${/^[\w./:=-]+$/.test(uri) ? uri : `'${uri}'`} --fix`;
  const [main] = groups;
  if (!main) return { text: "nothing here can be read as data" };
  if (agrees(checked) && main.format !== "text" && !groups.some(needsWords) && !allBelow(looked))
    return { text: `a plain read will do; with a schema Spark need not look for one: ${command}` };
  if (agrees(checked) && main.format === "text" && !allBelow(looked))
    return { text: "a plain spark.read.text will do" };
  try {
    const { body } = makeRecipe(checked);
    const text = `as a program: ${command}`;
    const code = body.map((line) => line.replace(/^return /, "frame = "));
    const long = code.length > MOST_LINES || code.some((line) => line.length > LONGEST);
    return long ? { text } : { text, code };
  } catch (error) {
    return { text: (error as Error).message };
  }
}

/** Spark has to be told more than the format. */
function needsWords({ delimiter = ",", encoding = "UTF-8", multiLine }: Group): boolean {
  return delimiter !== "," || encoding !== "UTF-8" || multiLine === true;
}
