import { readFileSync } from "node:fs";

/** A service model as AWS publishes it with botocore: tools/aws-models.ts writes the files beside this one. */
export interface Model {
  metadata: { targetPrefix?: string; serviceId: string; jsonVersion?: string };
  operations: Record<string, Operation>;
  shapes: Record<string, Shape>;
}

export interface Operation {
  name: string;
  http: { method: string; requestUri: string; responseCode?: number };
  input?: Ref;
  output?: Ref;
  errors?: Ref[];
}

export interface Ref {
  shape: string;
  location?: "uri" | "querystring" | "header";
  locationName?: string;
  idempotencyToken?: boolean;
}

export interface Shape {
  type: string;
  required?: string[];
  members?: Record<string, Ref>;
  member?: Ref;
  key?: Ref;
  value?: Ref;
  enum?: string[];
  min?: number;
  max?: number;
  pattern?: string;
  /** Of an exception. */
  error?: { httpStatusCode: number };
}

const known = new Map<string, Model>();

export function loadModel(name: "emr" | "emr-serverless"): Model {
  const model =
    known.get(name) ??
    (JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), "utf8")) as Model);
  known.set(name, model);
  return model;
}
