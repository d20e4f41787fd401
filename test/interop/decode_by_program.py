"""Decodes files by programs of dcmtk and gdcm. Usage: decode_by_program.py WORK_LIST.

The work list is JSON: a list of {"name", "original", "path", "transferSyntaxUid"}. Prints JSON: {"decoded": how many,
"differences": [text]}: what `dcmdjpeg` (JPEG) or `gdcmconv --raw` (JPEG 2000) makes of `path`, beside what it makes of the
original in the same syntax, or else beside what pydicom makes of the original.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy
import pydicom
from pydicom import config
from pydicom.pixels import pixel_array

config.settings.reading_validation_mode = config.IGNORE

PROGRAMS = {
    "1.2.840.10008.1.2.4.50": ["dcmdjpeg", "+cn"],
    "1.2.840.10008.1.2.4.90": ["gdcmconv", "--raw"],
    "1.2.840.10008.1.2.4.91": ["gdcmconv", "--raw"],
}


def main() -> None:
    work = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    items = [item for item in work if item["transferSyntaxUid"] in PROGRAMS]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        differences = [text for text in pool.map(compare, items) if text is not None]
    json.dump({"decoded": len(items), "differences": differences}, sys.stdout)


def compare(item: dict) -> str | None:
    command = PROGRAMS[item["transferSyntaxUid"]]
    got, complaint = decode(command, item["path"])
    original = pydicom.dcmread(item["original"], stop_before_pixels=True)
    if original.file_meta.TransferSyntaxUID == item["transferSyntaxUid"]:
        expected, known = decode(command, item["original"])
        if expected is None:  # then there is nothing to compare with, but the output may not be worse
            return None if complaint in ("", known) else f"{item['name']}: {complaint}, of the original: {known}"
    else:
        expected = pixel_array(pydicom.dcmread(item["original"]), raw=True)
    if got is None:
        return f"{item['name']}: {command[0]}: {complaint}"
    if expected.shape != got.shape or not numpy.array_equal(expected, got):
        return f"{item['name']}: {command[0]} gives other pixels"
    return None


def decode(command: list[str], path: str) -> tuple[numpy.ndarray | None, str]:
    with tempfile.TemporaryDirectory() as folder:
        target = str(Path(folder, "decoded.dcm"))
        done = subprocess.run([*command, path, target], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0 or not Path(target).exists():
            return None, done.stderr.replace(path, "FILE").replace(target, "TARGET").strip()
        return pixel_array(pydicom.dcmread(target), raw=True), ""


if __name__ == "__main__":
    main()
