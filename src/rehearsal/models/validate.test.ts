import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModel } from "./model.ts";
import { SerializationError, validationMessage } from "./validate.ts";

const emr = loadModel("emr");
const problem = (shape: string, value: unknown) => validationMessage(emr, shape, value);

test("what a model asks for is said in AWS's own words when it is not there", () => {
  assert.equal(
    problem("RunJobFlowInput", { Name: "x" }),
    "1 validation error detected: Value null at 'instances' failed to satisfy constraint: Member must not be null",
  );
  assert.match(
    problem("RunJobFlowInput", {}) ?? "",
    /^2 validation errors detected: .*'name'.*; .*'instances'/,
  );
  assert.equal(problem("RunJobFlowInput", { Name: "x", Instances: {} }), undefined);
});

test("enumerations, lengths, patterns and what is nested", () => {
  const steps = [{ Name: "a", ActionOnFailure: "GO_ON", HadoopJarStep: {} }];
  assert.equal(
    problem("AddJobFlowStepsInput", { JobFlowId: "j-1", Steps: steps }),
    "2 validation errors detected: Value 'GO_ON' at 'steps.1.member.actionOnFailure' failed to satisfy constraint: Member must satisfy enum value set: [TERMINATE_JOB_FLOW, TERMINATE_CLUSTER, CANCEL_AND_WAIT, CONTINUE]; Value null at 'steps.1.member.hadoopJarStep.jar' failed to satisfy constraint: Member must not be null",
  );
  assert.match(
    problem("RunJobFlowInput", { Name: "x".repeat(300), Instances: {} }) ?? "",
    /less than or equal to 256/,
  );
  assert.match(
    problem("RunJobFlowInput", { Name: "a\u0000b", Instances: {} }) ?? "",
    /regular expression pattern/,
  );
  assert.equal(problem("RunJobFlowInput", { Name: "é 🙂\t", Instances: {} }), undefined);
});

test("another kind of value is no matter of validation", () => {
  for (const value of [
    { Name: 1 },
    { Instances: [] },
    { Steps: {} },
    { StepConcurrencyLevel: "2" },
    [],
    "x",
  ])
    assert.throws(() => problem("RunJobFlowInput", value), SerializationError);
});

test("every pattern of both models is understood", () => {
  for (const name of ["emr", "emr-serverless"] as const) {
    const model = loadModel(name);
    for (const [shape, { type, pattern }] of Object.entries(model.shapes))
      if (type === "string" && pattern)
        assert.doesNotThrow(() => validationMessage(model, shape, "x"), shape);
  }
});
