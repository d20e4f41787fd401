"""Compares exported DICOM files with the files that were imported, attribute by attribute and pixel by pixel.

Usage: compare.py WORK_LIST. The work list is JSON: a list of {"name", "original", "outputs": [{"kind", "path",
"notices"}]}, where original and path are files, or folders whose files belong together by SOPInstanceUID and by what
tells image sets apart, and notices are the codes of what the export had to say.
Prints JSON: {"rules": {id: description}, "files": [{"name", "kind", "differences": [...], "applied": [...],
"pixels": ...}]}. A difference that no normalisation of AWS HealthImaging explains is a finding; `rules` is the whole
list of those normalisations, the same as the table of docs/normalisation.md.

pydicom reads and decodes both sides; nothing of the project's own code takes part.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path

import pydicom
import pydicom.misc
from pydicom import charset, config
from pydicom.dataset import Dataset

from compare_attributes import compare_datasets, compare_file_meta
from compare_pixels import compare_picture, compare_pixels
from normalisations import RULES, Comparison, describe

# What AHI groups instances by: image sets of one SOP instance differ in one of these.
GROUPING = (
    "SOPInstanceUID",
    "StudyDate",
    "AccessionNumber",
    "PatientID",
    "StudyInstanceUID",
    "StudyID",
    "SeriesInstanceUID",
    "SeriesNumber",
)


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        work = json.load(file)
    with ProcessPoolExecutor(os.cpu_count(), initializer=configure) as pool:
        files = list(chain.from_iterable(pool.map(compare_item, work, chunksize=4)))
    json.dump({"rules": RULES, "files": files}, sys.stdout)


def configure() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    config.settings.reading_validation_mode = config.IGNORE
    config.replace_un_with_known_vr = False
    # ISO 8859-15, of DICOM since 2021, which pydicom does not know.
    charset.python_encoding.update({"ISO_IR 203": "iso8859_15", "ISO 2022 IR 203": "iso8859_15"})
    charset.CODES_TO_ENCODINGS[b"\x1b-b"] = "iso8859_15"


def compare_item(item: dict) -> list[dict]:
    if Path(item["original"]).is_dir():
        return list(compare_folder(item))
    return [compare_file(item["name"], item["original"], output, []) for output in item["outputs"]]


def compare_folder(item: dict) -> Iterator[dict]:
    """Each original beside the output of the same instance; one without any is compared with nothing."""
    originals = files_by_key([item["original"]])
    companions = [pydicom.dcmread(path, stop_before_pixels=True) for path in originals.values()]
    for kind in dict.fromkeys(output["kind"] for output in item["outputs"]):
        outputs = [output for output in item["outputs"] if output["kind"] == kind]
        found = files_by_key([output["path"] for output in outputs])
        for key, path in originals.items():
            name = f"{item['name']}/{Path(path).relative_to(item['original'])}"
            output = {**outputs[0], "path": found.get(key, "absent")}
            yield compare_file(name, path, output, companions)


def files_by_key(paths: list[str]) -> dict[tuple, str]:
    files = chain.from_iterable([path] if path.is_file() else sorted(path.rglob("*")) for path in map(Path, paths))
    found = {}
    for path in files:
        if path.is_file() and pydicom.misc.is_dicom(path):
            dataset = pydicom.dcmread(path, specific_tags=list(GROUPING))
            if "SOPInstanceUID" in dataset:
                found[grouping_key(dataset)] = str(path)
    return found


def grouping_key(dataset: Dataset) -> tuple:
    return tuple(str(dataset.get(keyword) or "") for keyword in GROUPING)


def compare_file(name: str, original_path: str, output: dict, companions: list[Dataset]) -> dict:
    result = {"name": name, "kind": output["kind"], "differences": [], "applied": [], "pixels": "none"}
    if output["kind"] == "png":
        result["differences"] = compare_picture(original_path, output["path"])
        return result
    try:
        original = pydicom.dcmread(original_path)
        exported = pydicom.dcmread(output["path"])
    except Exception as error:  # an output that pydicom cannot read is itself a finding
        result["differences"] = [{"where": "file", "expected": "readable by pydicom", "got": describe(error)}]
        return result
    comparison = Comparison(original, exported, companions, output["notices"])
    compare_file_meta(comparison, exported)
    compare_datasets(comparison, original, exported)
    result["pixels"] = compare_pixels(comparison, original_path, output["path"])
    result["differences"] = comparison.differences
    result["applied"] = sorted(comparison.applied)
    return result


if __name__ == "__main__":
    main()
