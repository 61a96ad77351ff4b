/** What a plain program finds in its working folder on the primary; a folder's URI ends with a slash. */
export interface Brought {
  uri: string;
  to: string;
}

/** Fetches pairs of URI and place up to `--`, then becomes the program. aws-cli is on every instance of EMR. */
const BRING = `set -e
while [ "$1" != -- ]; do
  case $2 in */*) mkdir -p "\${2%/*}" ;; esac
  case $1 in
    */) aws s3 cp --only-show-errors --recursive "$1" "$2" ;;
    *) aws s3 cp --only-show-errors "$1" "$2" ;;
  esac
  shift 2
done
shift
exec "$@"`;

export function withBrought(brought: readonly Brought[], words: string[]): string[] {
  if (brought.length === 0) return words;
  const pairs = brought.flatMap(({ uri, to }) => [uri, to]);
  return ["bash", "-c", BRING, "mayfly", ...pairs, "--", ...words];
}

/** command-runner.jar leaves out words that are empty (Yelp/mrjob#2082): a shell keeps them. */
export function withEmptyWords(words: string[]): string[] {
  if (words.every((word) => word !== "")) return words;
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return ["bash", "-c", `exec ${quoted.join(" ")}`];
}
