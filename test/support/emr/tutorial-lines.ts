/**
 * How the source tutorials make a cluster: the first one's two lines, and a script with every form that the fifth one's has
 * (github.com/joehahn/spark-one-off, launch_cluster.sh): variables, JSON in them, an option by its beginning, script-runner.
 */
export const LINES = [
  `aws emr create-cluster --name <cluster_name> \\
 --use-default-roles --release-label emr-5.28.0  \\
--instance-count 3 --applications Name=Spark Name=Zeppelin  \\
--bootstrap-actions Path="s3://bootstrap.sh" \\
--ec2-attributes KeyName=<Key-pair-file-name>,SubnetId=<subnet-Id> \\
--instance-type m5.xlarge --log-uri s3:///emrlogs/
`,
  `# Provide cluster name, EC2 private key file name, and profile name
aws emr create-cluster \\
--name <YOUR_CLUSTER_NAME> \\
--use-default-roles \\
--release-label emr-5.28.0 \\
--instance-count 3 \\
--applications Name=Spark  \\
--ec2-attributes KeyName=<Key-pair-file-name>,SubnetId=<subnet-Id> \\
--instance-type m5.xlarge \\
--auto-terminate \\
--profile <profile-name>
`,
  `#!/bin/sh
who=oneoff; where="us-west-2"
home="spark-\${who}"
software='Name=Hadoop Name=Spark'
network='{"KeyName":"datasci","InstanceProfile":"EMR_EC2_DefaultRole","SubnetId":"subnet-0123"}'
machines='[{"InstanceCount":1,"InstanceGroupType":"MASTER","InstanceType":"m4.2xlarge","Name":"first"},{"InstanceCount":4,"InstanceGroupType":"CORE","InstanceType":"m4.2xlarge","Name":"others"}]'
aws emr create-cluster --release-label emr-5.7.0 --name "$who" --region "$where" --profile $who \\
  --service-role EMR_DefaultRole --auto-scaling-role EMR_AutoScaling_DefaultRole \\
  --applications $software --ec2-attributes "$network" --instance-groups "$machines" \\
  --log-uri "s3n://$home/logs/" --tags "Name=$who" --enable-debugging \\
  --bootstrap-action Path="s3://$home/scripts/bootstrap.sh" \\
  --steps Type=CUSTOM_JAR,Name=CustomJAR,ActionOnFailure=CONTINUE,Jar=s3://$where.elasticmapreduce/libs/script-runner/script-runner.jar,Args=["s3://$home/scripts/piggyback.sh"] \\
  --no-auto-terminate --no-termination-protected
`,
] as const;
