"""Sends GET requests signed with botocore, like a DICOMweb client: no SDK has these operations.

Reads a JSON list of {"url", "accept"?, "file"?} from standard input and prints a list of {"status", "contentType",
"errorType", "message", "byteLength"}. "file" is the path to write the body of a successful answer to.
"""

import json
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

session = URLLib3Session()
signer = SigV4Auth(Credentials("any", "any"), "medical-imaging", "us-east-1")


def send(wanted):
    headers = {"Accept": wanted["accept"]} if "accept" in wanted else {}
    request = AWSRequest(method="GET", url=wanted["url"], headers=headers)
    signer.add_auth(request)
    response = session.send(request.prepare())
    body = response.content
    if response.status_code == 200 and "file" in wanted:
        with open(wanted["file"], "wb") as file:
            file.write(body)
    return {
        "status": response.status_code,
        "contentType": response.headers.get("Content-Type"),
        "errorType": response.headers.get("x-amzn-ErrorType"),
        "message": None if response.status_code == 200 else json.loads(body)["message"],
        "byteLength": len(body),
    }


json.dump([send(wanted) for wanted in json.load(sys.stdin)], sys.stdout)
