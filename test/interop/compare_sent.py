"""Compares data sets that were sent with those that arrived, value by value as bytes, whatever their VRs are.

Usage: compare_sent.py PAIRS. PAIRS is a file of JSON: a list of [sent, arrived]. Prints JSON: a list of differences.
pydicom reads both; nothing of the project's own code takes part.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator

import pydicom
from pydicom import config
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

warnings.simplefilter("ignore")
config.settings.reading_validation_mode = config.IGNORE
config.replace_un_with_known_vr = False


def values_of(dataset: Dataset, path: str = "") -> Iterator[tuple[str, str]]:
    for tag in dataset.keys():
        where = f"{path}{tag}"
        element = dataset.get_item(tag)
        if tag.element == 0:
            continue
        if isinstance(element, RawDataElement) and element.VR != "SQ" and not is_sequence(dataset, tag):
            yield where, (element.value or b"").hex()
            continue
        if dataset[tag].VR != "SQ":
            yield where, read_already(element.value)
            continue
        items = dataset[tag].value
        yield where, f"{len(items)} items"
        for number, item in enumerate(items):
            yield from values_of(item, f"{where}[{number}]")


def read_already(value: object) -> str:
    """pydicom reads some values by itself, such as Pixel Representation."""
    if isinstance(value, int):
        return value.to_bytes(2, "little").hex()
    return "" if value is None else str(value)


def is_sequence(dataset: Dataset, tag: pydicom.tag.BaseTag) -> bool:
    """In implicit VR the dictionary says so."""
    return dataset.get_item(tag).VR is None and dataset[tag].VR == "SQ"


def differences(sent: str, arrived: str) -> Iterator[str]:
    before, after = (dict(values_of(pydicom.dcmread(path, force=True))) for path in (sent, arrived))
    for where in sorted(before.keys() | after.keys()):
        if before.get(where) != after.get(where):
            yield f"{sent} {where}: {str(before.get(where))[:60]} became {str(after.get(where))[:60]}"


with open(sys.argv[1], encoding="utf-8") as file:
    pairs = json.load(file)
json.dump([line for sent, arrived in pairs for line in differences(sent, arrived)], sys.stdout)
