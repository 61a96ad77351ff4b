/** As log4j writes them on a cluster: `26/11/22 18:25:03 INFO SparkContext: …`, with the lines that belong to it. */
const LINE = /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d (?:TRACE|DEBUG|INFO|WARN) .*\n?(?:[\t ].*\n?)*/gm;

/** What a program has printed itself, among what Spark tells of each task. */
export function withoutLogLines(text: string): string {
  return text.replace(LINE, "");
}
