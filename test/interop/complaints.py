"""Runs a DICOM reader over files. Usage: complaints.py READER LIST, where LIST is a file with a path a line.

Prints JSON: {path: {"code": exit status, "stderr": text}}. One small process that starts the many: starting them from
the test's own, which is large, takes several times as long.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def main() -> None:
    reader, work_list = sys.argv[1:]
    with open(work_list, encoding="utf-8") as file:
        paths = file.read().splitlines()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda path: run(reader, path), paths))
    json.dump(dict(zip(paths, results)), sys.stdout)


def run(reader: str, path: str) -> dict:
    done = subprocess.run([reader, path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60, check=False)
    return {"code": done.returncode, "stderr": done.stderr.decode("latin-1")}


if __name__ == "__main__":
    main()
