"""Prints what a bucket holds, as boto3 reads it: python3 read_bucket.py ENDPOINT BUCKET"""

import hashlib
import json
import sys

import boto3

endpoint, bucket = sys.argv[1:]
s3 = boto3.client(
    "s3",
    endpoint_url=endpoint,
    region_name="us-east-1",
    aws_access_key_id="emulator",
    aws_secret_access_key="emulator",
    config=boto3.session.Config(s3={"addressing_style": "path"}),
)
objects = {}
for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
    for entry in page.get("Contents", []):
        answer = s3.get_object(Bucket=bucket, Key=entry["Key"])
        objects[entry["Key"]] = {
            "sha256": hashlib.sha256(answer["Body"].read()).hexdigest(),
            "mediaType": answer["ContentType"],
            "encryption": answer.get("ServerSideEncryption"),
            "keyId": answer.get("SSEKMSKeyId"),
            "storageClass": answer.get("StorageClass"),
            "tags": {tag["Key"]: tag["Value"] for tag in s3.get_object_tagging(Bucket=bucket, Key=entry["Key"]).get("TagSet", [])},
        }
uploads = [upload["Key"] for upload in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])]
print(json.dumps({"objects": objects, "uploads": uploads}))
