export type Words = Record<string, unknown>;

/** What could not be carried over, and why. */
export type Tell = (text: string) => void;
