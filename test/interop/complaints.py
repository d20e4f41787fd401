"""Runs a DICOM reader over files. Usage: complaints.py READER LIST, where LIST is a file with a path a line.

Prints JSON: {path: {"code": exit status, "stderr": text}}. One small process that starts the many: starting them from
the test's own, which is large, takes several times as long. A reader that takes several files at once, as arguments or in
a folder, is run over many; each of them alone only where it has a word to say.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

AT_ONCE = 40
SILENT = {"code": 0, "stderr": ""}


def main() -> None:
    reader, work_list = sys.argv[1:]
    with open(work_list, encoding="utf-8") as file:
        paths = file.read().splitlines()
    size = 1 if reader == "dciodvfy" else AT_ONCE
    batches = [paths[start : start + size] for start in range(0, len(paths), size)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda batch: run_batch(reader, batch), batches)
        json.dump({path: answer for part in results for path, answer in part.items()}, sys.stdout)


def run_batch(reader: str, paths: list[str]) -> dict[str, dict]:
    together = run_together(reader, paths)
    if len(paths) == 1 or together == SILENT:
        return dict.fromkeys(paths, together)
    return {path: run(reader, [path]) for path in paths}


def run_together(reader: str, paths: list[str]) -> dict:
    if reader != "gdcmdump" or len(paths) == 1:
        return run(reader, paths)
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(paths):
            Path(folder, f"{number}.dcm").symlink_to(path)
        return run(reader, [folder])


def run(reader: str, paths: list[str]) -> dict:
    done = subprocess.run([reader, *paths], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60, check=False)
    return {"code": done.returncode, "stderr": done.stderr.decode("latin-1")}


if __name__ == "__main__":
    main()
