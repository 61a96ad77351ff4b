/** An error as AWS names it. */
export class AwsError extends Error {
  readonly type: string;
  readonly status: number;
  /** Further members of the error's shape. */
  readonly more: Record<string, unknown>;
  constructor(type: string, message: string, status = 400, more: Record<string, unknown> = {}) {
    super(message);
    this.type = type;
    this.status = status;
    this.more = more;
  }
}

export const validation = (message: string) => new AwsError("ValidationException", message);

/** Of EMR: what is asked for is not there, or not in the state for it. */
export const invalidRequest = (message: string) =>
  new AwsError("InvalidRequestException", message, 400, { ErrorCode: "InvalidRequest" });
