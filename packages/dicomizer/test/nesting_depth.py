"""Prints how deep ContentSequence nests in a file (base64 on standard input)."""
import base64
import io
import json
import sys

import pydicom

data_set, depth = pydicom.dcmread(io.BytesIO(base64.b64decode(sys.stdin.read()))), 0
while "ContentSequence" in data_set:
    (data_set,) = data_set.ContentSequence
    depth += 1
assert data_set.ValueType == "TEXT"
json.dump(depth, sys.stdout)
