/** A policy document of IAM, as far as one is written here. */
export interface Statement {
  Sid: string;
  Effect: "Allow";
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface Policy {
  Version: "2012-10-17";
  Statement: Statement[];
}
