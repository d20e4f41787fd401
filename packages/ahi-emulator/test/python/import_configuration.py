"""Starts an import job with boto3, with the request from standard input. Waits for it, and prints its result."""

import json
import sys
import time

import boto3
import botocore.config

request = json.load(sys.stdin)
config = botocore.config.Config(inject_host_prefix=False)
client = boto3.client(
    "medical-imaging",
    region_name="us-east-1",
    endpoint_url=request["endpoint"],
    aws_access_key_id="any",
    aws_secret_access_key="any",
    config=config,
)
datastore = request["datastoreId"]
job = client.start_dicom_import_job(
    datastoreId=datastore,
    dataAccessRoleArn="arn:aws:iam::123456789012:role/importer",
    inputS3Uri=request["inputS3Uri"],
    outputS3Uri=request["outputS3Uri"],
    importConfiguration=request["importConfiguration"],
)
while True:
    properties = client.get_dicom_import_job(datastoreId=datastore, jobId=job["jobId"])["jobProperties"]
    if properties["jobStatus"] in ("COMPLETED", "FAILED"):
        break
    time.sleep(0.1)
print(json.dumps({key: properties.get(key) for key in ("jobStatus", "importConfiguration")}))
