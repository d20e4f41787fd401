"""Makes files that a data store takes out of test files that lack what AHI requires, so that their pixels are tested.

Usage: complete.py FOLDER FILE... Writes FOLDER/<name> for each file: Part 10, with the UIDs that it lacks or that are
no UIDs. Prints JSON: the names of the files written. The pixels and all other attributes stay as they are.
"""

from __future__ import annotations

import json
import re
import sys
import warnings
from pathlib import Path

import pydicom
from pydicom import config
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

warnings.simplefilter("ignore")
config.settings.reading_validation_mode = config.IGNORE
config.settings.writing_validation_mode = config.IGNORE

REQUIRED = ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")


def main() -> None:
    folder = Path(sys.argv[1])
    names = [complete(Path(path), folder) for path in sys.argv[2:]]
    json.dump(names, sys.stdout)


def complete(path: Path, folder: Path) -> str:
    dataset = pydicom.dcmread(path, force=True)
    for keyword in REQUIRED:
        if not re.fullmatch(r"[\d.]+", str(dataset.get(keyword, ""))):
            setattr(dataset, keyword, generate_uid(entropy_srcs=[path.name, keyword]))
    meta = dataset.file_meta
    meta.TransferSyntaxUID = meta.get("TransferSyntaxUID") or encoding(dataset)
    dataset.save_as(folder / path.name, enforce_file_format=True)
    return path.name


def encoding(dataset: pydicom.Dataset) -> str:
    is_implicit, is_little_endian = dataset.original_encoding
    if is_implicit:
        return ImplicitVRLittleEndian
    return ExplicitVRLittleEndian if is_little_endian else ExplicitVRBigEndian


if __name__ == "__main__":
    main()
