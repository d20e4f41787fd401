"""Sends aws-chunked bodies. Standard input: {"url", "file", "key", "secret", "cases": [{"kind", "chunk"?,
"change"?, "headers"?}]}. `kind` is "signed", "signed-trailer" or "unsigned-trailer"; botocore uses the last.
`change` replaces bytes of the body after signing: [[from, to], ...] as text. Prints [[status, error type], ...].

Chunk signatures are computed by the Amazon S3 API reference, and first checked with its example."""

import base64
import hashlib
import hmac
import io
import json
import sys
import urllib.error
import urllib.request
import zlib

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpchecksum import AwsChunkedWrapper, Crc32Checksum


def digest(data):
    return hashlib.sha256(data).hexdigest()


class ChunkSigner:
    def __init__(self, secret, date, scope, seed):
        key = ("AWS4" + secret).encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        self.key, self.date, self.scope, self.previous = key, date, scope, seed

    def sign(self, kind, *hashes):
        text = "\n".join(["AWS4-HMAC-SHA256-" + kind, self.date, self.scope, self.previous, *hashes])
        self.previous = hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()
        return self.previous

    def chunk(self, data):
        return self.sign("PAYLOAD", digest(b""), digest(data))


example = ChunkSigner(
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "20130524T000000Z",
    "20130524/us-east-1/s3/aws4_request",
    "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
)
assert [example.chunk(b"a" * 65536), example.chunk(b"a" * 1024), example.chunk(b"")] == [
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
]

task = json.load(sys.stdin)
with open(task["file"], "rb") as file:
    content = file.read()
checksum = base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()
words = {
    "signed": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "signed-trailer": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    "unsigned-trailer": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
}


def chunked(kind, headers, size):
    authorization = headers["Authorization"]
    if kind == "unsigned-trailer":
        return AwsChunkedWrapper(io.BytesIO(content), Crc32Checksum, "x-amz-checksum-crc32", chunk_size=size).read()
    scope = authorization.split("Credential=")[1].split(",")[0].split("/", 1)[1]
    signer = ChunkSigner(task["secret"], headers["X-Amz-Date"], scope, authorization.split("Signature=")[1])
    parts = [content[at : at + size] for at in range(0, len(content), size)] + [b""]
    body = b"".join(
        b"%x;chunk-signature=%s\r\n%s%s" % (len(part), signer.chunk(part).encode(), part, b"\r\n" if part else b"")
        for part in parts
    )
    if kind == "signed-trailer":
        trailer = f"x-amz-checksum-crc32:{checksum}\n"
        body += trailer.replace("\n", "\r\n").encode()
        body += b"x-amz-trailer-signature:%s\r\n" % signer.sign("TRAILER", digest(trailer.encode())).encode()
    return body + b"\r\n"


def send(case):
    kind = case["kind"]
    headers = {
        "Content-Type": "application/dicom",
        "Content-Encoding": "aws-chunked",
        "X-Amz-Content-SHA256": words[kind],
        "X-Amz-Decoded-Content-Length": str(len(content)),
    } | ({} if kind == "signed" else {"X-Amz-Trailer": "x-amz-checksum-crc32"})
    headers = {name: value for name, value in (headers | case.get("headers", {})).items() if value is not None}
    request = AWSRequest("POST", task["url"], headers=headers, data=b"")
    botocore.auth.SigV4Auth(Credentials(task["key"], task["secret"]), "medical-imaging", "us-east-1").add_auth(request)
    body = chunked(kind, request.headers, case.get("chunk", 64))
    for before, after in case.get("change", []):
        assert before.encode("latin1") in body, before
        body = body.replace(before.encode("latin1"), after.encode("latin1"), 1)
    try:
        with urllib.request.urlopen(urllib.request.Request(task["url"], body, dict(request.headers.items()))) as answer:
            answer.read()
            return [answer.status, None]
    except urllib.error.HTTPError as error:
        return [error.code, error.headers["x-amzn-ErrorType"]]


print(json.dumps([send(case) for case in task["cases"]]))
