"""Signs requests with botocore and sends them. Standard input: {"endpoint", "requests": [{"method", "path", "body"?,
"file"?, "append"?, "headers"?, "key", "secret", "token"?, "region"?, "service"?, "skew"?, "change"?}]}. `file` contains
the body. `append` is added to it after signing. `skew` is the number of seconds that the client's clock is ahead. `change`
are headers that are set after signing. Prints [[status, error type], ...]."""

import datetime
import json
import sys
import urllib.error
import urllib.request

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

task = json.load(sys.stdin)


def read_body(case):
    if "file" in case:
        with open(case["file"], "rb") as file:
            return file.read()
    return case["body"].encode() if "body" in case else None


def send(case):
    data = read_body(case)
    url = task["endpoint"] + case["path"]
    request = AWSRequest(case["method"], url, headers=case.get("headers", {}), data=data)
    skew = datetime.timedelta(seconds=case.get("skew", 0))
    now = datetime.datetime.now(datetime.timezone.utc) + skew
    botocore.auth.get_current_datetime = lambda *_, **__: now
    credentials = Credentials(case["key"], case["secret"], case.get("token"))
    service, region = case.get("service", "medical-imaging"), case.get("region", "us-east-1")
    botocore.auth.SigV4Auth(credentials, service, region).add_auth(request)
    headers = dict(request.headers.items()) | case.get("change", {})
    body = None if data is None else data + case.get("append", "").encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=case["method"])) as answer:
            answer.read()
            return [answer.status, None]
    except urllib.error.HTTPError as error:
        return [error.code, error.headers["x-amzn-ErrorType"]]


print(json.dumps([send(case) for case in task["requests"]]))
