"""boto3 as its documents have it: waiters, paginators, a word count, and a cluster that waits. Prints what it met as JSON."""
import json
import sys

import boto3

SOON = {"Delay": 1, "MaxAttempts": 120}
emr, s3 = boto3.client("emr"), boto3.client("s3")
met = {}

s3.create_bucket(Bucket="boto3")
s3.get_waiter("bucket_exists").wait(Bucket="boto3")
for name in ("count.py", "text.txt"):
    s3.upload_file(name, "boto3", name)


def step(name, *arguments):
    return {
        "Name": name,
        "ActionOnFailure": "CONTINUE",
        "HadoopJarStep": {"Jar": "command-runner.jar", "Args": list(arguments)},
    }


cluster = emr.run_job_flow(
    Name="boto3",
    ReleaseLabel="emr-7.12.0",
    LogUri="s3://boto3/logs/",
    Applications=[{"Name": "Spark"}],
    Configurations=json.load(open("fast.json")),
    Instances={
        "MasterInstanceType": "m5.xlarge",
        "SlaveInstanceType": "m5.xlarge",
        "InstanceCount": 3,
        "KeepJobFlowAliveWhenNoSteps": True,
        "TerminationProtected": True,
    },
    BootstrapActions=[{"Name": "marks", "ScriptBootstrapAction": {"Path": "file:/bin/true", "Args": []}}],
    JobFlowRole="EMR_EC2_DefaultRole",
    ServiceRole="EMR_DefaultRole",
    Steps=[step("count", "spark-submit", "s3://boto3/count.py", "s3://boto3/text.txt", "s3://boto3/out")],
)["JobFlowId"]
emr.get_waiter("cluster_running").wait(ClusterId=cluster, WaiterConfig=SOON)
(first,) = emr.list_steps(ClusterId=cluster)["Steps"]
emr.get_waiter("step_complete").wait(ClusterId=cluster, StepId=first["Id"], WaiterConfig=SOON)
pages = s3.get_paginator("list_objects_v2").paginate(Bucket="boto3", Prefix="out/part-")
(part,) = [one["Key"] for page in pages for one in page["Contents"]]
s3.get_waiter("object_exists").wait(Bucket="boto3", Key=part)
met["words"] = s3.get_object(Bucket="boto3", Key=part)["Body"].read().decode()

# More than a page of each, where that costs nothing.
steps = [step("sleeps", "sleep", "600")] + [step(f"waits {n}", "true") for n in range(70)]
added = [one for i in range(0, len(steps), 20) for one in emr.add_job_flow_steps(JobFlowId=cluster, Steps=steps[i : i + 20])["StepIds"]]
for n in range(60):
    emr.create_security_configuration(Name=f"s{n:02}", SecurityConfiguration="{}")


def pages_of(operation):
    """How many items each page has, or why there are none."""
    api = emr.meta.method_to_api_mapping[operation]
    needs = emr.meta.service_model.operation_model(api).input_shape.members
    pages = emr.get_paginator(operation)
    try:
        found = pages.paginate(**({"ClusterId": cluster} if "ClusterId" in needs else {}))
        return [len(page[pages.result_keys[0].expression]) for page in found]
    except emr.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


met["pages"] = {one: pages_of(one) for one in emr.meta.method_to_api_mapping if emr.can_paginate(one)}
listed = emr.get_paginator("list_steps").paginate(ClusterId=cluster).build_full_result()["Steps"]
met["newest first"] = [one["Id"] for one in listed] == [*reversed(added), first["Id"]]
cancelled = emr.cancel_steps(ClusterId=cluster, StepIds=added, StepCancellationOption="TERMINATE_PROCESS")
met["cancelled"] = sorted({one["Status"] for one in cancelled["CancelStepsInfoList"]})

# What the service model does not allow is refused by the server too, not by boto3 alone.
try:
    boto3.client("emr", config=boto3.session.Config(parameter_validation=False)).describe_cluster()
except emr.exceptions.ClientError as error:
    met["refused"] = error.response["Error"]["Code"]
try:
    emr.describe_cluster(ClusterId="j-NONE")
except emr.exceptions.InvalidRequestException as error:
    met["unknown"] = error.response["Error"]["Message"]

try:
    emr.terminate_job_flows(JobFlowIds=[cluster])
except emr.exceptions.ClientError as error:
    met["protected"] = error.response["Error"]["Code"]
emr.set_termination_protection(JobFlowIds=[cluster], TerminationProtected=False)
emr.terminate_job_flows(JobFlowIds=[cluster])
emr.get_waiter("cluster_terminated").wait(ClusterId=cluster, WaiterConfig=SOON)
met["ended"] = emr.describe_cluster(ClusterId=cluster)["Cluster"]["Status"]["StateChangeReason"]
json.dump(met, sys.stdout)
