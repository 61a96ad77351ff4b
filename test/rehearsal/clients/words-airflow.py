"""A DAG of Airflow's own operators for EMR, run to its end as `dag.test()` does it, without a scheduler."""
import json
from datetime import datetime

from airflow import DAG
from airflow.providers.amazon.aws.operators.emr import (
    EmrAddStepsOperator,
    EmrCreateJobFlowOperator,
    EmrTerminateJobFlowOperator,
)
from airflow.providers.amazon.aws.sensors.emr import EmrJobFlowSensor, EmrStepSensor

CLUSTER = {
    "Name": "airflow",
    "ReleaseLabel": "emr-7.12.0",
    "LogUri": "s3://airflow/logs/",
    "Applications": [{"Name": "Spark"}],
    "Configurations": json.load(open("fast.json")),
    "Instances": {
        "InstanceGroups": [
            {"Name": "Primary", "InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1},
            {"Name": "Core", "InstanceRole": "CORE", "InstanceType": "m5.xlarge", "InstanceCount": 1},
        ],
        "KeepJobFlowAliveWhenNoSteps": True,
        "TerminationProtected": False,
    },
    "VisibleToAllUsers": True,
    "JobFlowRole": "EMR_EC2_DefaultRole",
    "ServiceRole": "EMR_DefaultRole",
}
STEP = {
    "Name": "count",
    "ActionOnFailure": "CONTINUE",
    "HadoopJarStep": {
        "Jar": "command-runner.jar",
        "Args": ["spark-submit", "--deploy-mode", "cluster", "s3://airflow/count.py", "s3://airflow/text.txt", "s3://airflow/out"],
    },
}

with DAG("words", start_date=datetime(2026, 1, 1), schedule=None) as dag:
    create = EmrCreateJobFlowOperator(task_id="create", job_flow_overrides=CLUSTER)
    add = EmrAddStepsOperator(task_id="add", job_flow_id=create.output, steps=[STEP])
    watch = EmrStepSensor(
        task_id="watch",
        job_flow_id=create.output,
        step_id="{{ ti.xcom_pull('add')[0] }}",
        poke_interval=1,
    )
    end = EmrTerminateJobFlowOperator(task_id="end", job_flow_id=create.output)
    ended = EmrJobFlowSensor(task_id="ended", job_flow_id=create.output, poke_interval=1)
    create >> add >> watch >> end >> ended

run = dag.test()
states = {one.task_id: one.state for one in run.get_task_instances()}
print("MET " + json.dumps({"state": run.state, "tasks": states}))
