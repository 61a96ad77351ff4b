/** A request as it came through the front door: its signature holds. */
export interface AwsRequest {
  /** As the signature's scope names it: `elasticmapreduce`, `emr-serverless`, `s3`. */
  service: string;
  region: string;
  accessKey: string;
  method: string;
  /** As it was sent: still encoded. */
  path: string;
  query: string;
  /** Names in small letters. */
  headers: Record<string, string>;
  body: Buffer;
}

export interface AwsAnswer {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

/** What the rehearsal answers by itself; all else goes to the companion. */
export interface Service {
  handle(asked: AwsRequest): Promise<AwsAnswer>;
  /** Answers what is read as it is now, whatever is changed from here on. */
  remember?(): Service["handle"];
  /** What another service, which the companion answers for, has been asked for and has answered. */
  heard?(service: string, body: Buffer): void;
  /** What it holds is on the disk when this settles. */
  close(): Promise<void>;
}
