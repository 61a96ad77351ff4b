import { PASSED } from "../../door/names/others.ts";
import { loadModel } from "../../models/model.ts";
import { S3_OPERATIONS } from "./s3-operations.ts";

/** All that can be asked at the door. */
export const SERVICES = ["elasticmapreduce", "emr-serverless", "s3", ...PASSED].sort();

/** Undefined where the operations of a service are not written down here. */
export function operationsOf(service: string): readonly string[] | undefined {
  if (service === "s3") return S3_OPERATIONS;
  const model = modelOf(service);
  return model && Object.keys(model.operations);
}

export function modelOf(service: string) {
  if (service === "elasticmapreduce") return loadModel("emr");
  return service === "emr-serverless" ? loadModel("emr-serverless") : undefined;
}
