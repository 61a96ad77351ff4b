/** Times in an answer are seconds with a fraction (Smithy, "epoch-seconds"); one that has not come is left out. */
export function seconds(ms: number): number;
export function seconds(ms: number | undefined): number | undefined;
export function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
