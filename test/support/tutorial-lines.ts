/**
 * How the source tutorials make a cluster: the first one's two lines, and the fourth one's script
 * (github.com/joehahn/spark-one-off, launch_cluster.sh), without what else it does.
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
  `profile_str="oneoff"
aws_region="us-west-2"
bucket_name="spark-one-off"
applications='Name=Hadoop Name=Spark'
ec2_attributes='{"KeyName":"datasci","InstanceProfile":"EMR_EC2_DefaultRole","SubnetId":"subnet-087c7641"}'
instance_groups='[{"InstanceCount":1,"InstanceGroupType":"MASTER","InstanceType":"m4.2xlarge","Name":"Master - 1"},{"InstanceCount":4,"InstanceGroupType":"CORE","InstanceType":"m4.2xlarge","Name":"Core - 2"}]'

#launch the cluster...change to --no-auto-terminate to persist the cluster
aws emr create-cluster \\
    --profile $profile_str \\
    --auto-scaling-role EMR_AutoScaling_DefaultRole \\
    --applications $applications \\
    --ec2-attributes "$ec2_attributes" \\
    --service-role EMR_DefaultRole \\
    --enable-debugging \\
    --release-label emr-5.7.0 \\
    --log-uri "s3n://$bucket_name/elasticmapreduce/" \\
    --name "$profile_str" \\
    --tags "Name=$profile_str" \\
    --instance-groups "$instance_groups" \\
    --region "$aws_region" \\
    --bootstrap-action Path="s3://$bucket_name/scripts/bootstrap.sh" \\
    --steps Type=CUSTOM_JAR,Name=CustomJAR,ActionOnFailure=CONTINUE,Jar=s3://$aws_region.elasticmapreduce/libs/script-runner/script-runner.jar,Args=["s3://$bucket_name/scripts/piggyback.sh"] \\
    --no-auto-terminate \\
    --no-termination-protected
`,
] as const;
