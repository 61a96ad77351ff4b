/** Why a cluster's instances cannot be had, as its state says it. */
export class NotProvided extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
