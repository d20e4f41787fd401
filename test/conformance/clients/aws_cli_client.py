"""Runs `aws medical-imaging ...` for what it reads: a line of JSON a command, a line an answer.

{"operation", "input"} gives {"output"} or {"error"}, and with "pageSize" a list of the items of all pages. Blobs of
answers, which the AWS CLI writes to a file, become base64.
"""

import base64
import contextlib
import io
import json
import pathlib
import re
import sys
import tempfile

import botocore.session
from awscli.clidriver import create_clidriver
from botocore import xform_name

driver = create_clidriver()
session = botocore.session.get_session()
model = session.get_service_model("medical-imaging")
paginators = session.get_component("data_loader").load_service_model("medical-imaging", "paginators-1")["pagination"]
ERROR = re.compile(r"An error occurred \((\w+)\) when calling the \w+ operation(?: \([^)]*\))?: (.*)", re.DOTALL)


def aws(operation, arguments, *options):
    """Gives the exit code, and what the command prints to both of its streams."""
    command = ["medical-imaging", xform_name(operation, "-"), "--output", "json", *options]
    for name, value in arguments.items():
        command += option(xform_name(name, "-"), value)
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            code = driver.main(command)
        except SystemExit as usage:
            code = usage.code
    return code, stdout.getvalue(), stderr.getvalue()


def option(name, value):
    if isinstance(value, bool):
        return [f"--{name}" if value else f"--no-{name}"]
    return [f"--{name}", value if isinstance(value, str) else json.dumps(value)]


def send(operation, arguments):
    shape = model.operation_model(operation).output_shape
    blob = shape.serialization.get("payload") if shape is not None else None
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "blob")
        options = [] if blob is None else [str(path)]
        options += ["--no-paginate"] if operation in paginators else []
        code, printed, complaint = aws(operation, arguments, *options)
        if code != 0:
            found = ERROR.search(complaint)
            assert found, complaint
            return {"error": {"code": found[1], "message": found[2].strip()}}
        output = json.loads(printed) if printed.strip() else {}
        return {"output": output if blob is None else {**output, blob: base64.b64encode(path.read_bytes()).decode()}}


def items(operation, arguments, page_size):
    code, printed, complaint = aws(operation, arguments, "--page-size", str(page_size))
    assert code == 0, complaint
    return json.loads(printed)[paginators[operation]["result_key"]]


for line in sys.stdin:
    request = json.loads(line)
    if "pageSize" in request:
        answer = items(request["operation"], request["input"], request["pageSize"])
    else:
        answer = send(request["operation"], request["input"])
    print(json.dumps(answer), flush=True)
