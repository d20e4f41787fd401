"""Sends what it reads by boto3: a line of JSON a request, a line an answer.

{"operation", "input"} gives {"output", "body"} or {"error"}, and with "pageSize" a list of the items of all pages.
Times become epoch seconds, blobs base64.
"""

import base64
import datetime
import json
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

# What is wrong with an input is for the service to say.
client = boto3.client("medical-imaging", config=Config(parameter_validation=False))
sent = {}


def remember_body(response_dict, **_):
    body = response_dict["body"]
    sent["body"] = json.loads(body) if isinstance(body, bytes) and body else None


client.meta.events.register("before-parse.medical-imaging", remember_body)


def plain(value):
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, StreamingBody):
        value = value.read()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    return [plain(member) for member in value] if isinstance(value, list) else value


def send(operation, arguments):
    sent["body"] = None
    try:
        output = getattr(client, xform_name(operation))(**arguments)
    except ClientError as error:
        modelled = getattr(client.exceptions, error.response["Error"]["Code"], ClientError)
        assert isinstance(error, modelled), error
        answer = error.response
        status = answer["ResponseMetadata"]["HTTPStatusCode"]
        return {"error": {"code": answer["Error"]["Code"], "message": answer["Error"]["Message"], "statusCode": status}}
    del output["ResponseMetadata"]
    return {"output": plain(output), "body": sent["body"]}


def items(operation, arguments, page_size):
    paginator = client.get_paginator(xform_name(operation))
    pages = paginator.paginate(PaginationConfig={"PageSize": page_size}, **arguments)
    return [plain(item) for item in pages.search(paginator.result_keys[0].expression)]


for line in sys.stdin:
    request = json.loads(line)
    if "pageSize" in request:
        answer = items(request["operation"], request["input"], request["pageSize"])
    else:
        answer = send(request["operation"], request["input"])
    print(json.dumps(answer), flush=True)
