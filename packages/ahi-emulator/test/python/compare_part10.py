"""Compares DICOM files with pydicom: all elements of the data set, and the decoded pixels.

Reads a JSON list of {"original", "received"} from standard input and prints [{"syntax", "problems"}, ...].
"""

import json
import sys
import warnings

import numpy
import pydicom
from pydicom.pixels import pixel_array

warnings.simplefilter("ignore")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

# Not compared: the encoding of the pixels, and the pixels, which are compared after decoding.
ENCODING = {0x00280004, 0x00280006, 0x7FE00001, 0x7FE00002, 0x7FE00010}


def elements(dataset):
    return {tag: dataset[tag] for tag in dataset.keys() if tag.element != 0 and tag not in ENCODING}


def differing(original, received):
    expected, actual = elements(original), elements(received)
    for tag in sorted(expected.keys() | actual.keys()):
        if tag not in actual:
            yield f"{tag} is missing"
        elif tag not in expected:
            yield f"{tag} is not in the original"
        elif not same(expected[tag], actual[tag]):
            yield f"{tag} differs"


def same(expected, actual):
    if expected.VR == "SQ" and actual.VR == "SQ":
        return len(expected.value) == len(actual.value) and not any(
            problem for pair in zip(expected.value, actual.value) for problem in differing(*pair)
        )
    if expected.is_empty or actual.is_empty:
        return expected.is_empty and actual.is_empty
    return expected.value == actual.value


def pixels(dataset):
    return pixel_array(dataset, raw=True) if "PixelData" in dataset else None


def compare(case):
    original, received = pydicom.dcmread(case["original"]), pydicom.dcmread(case["received"])
    problems = list(differing(original, received))
    if original.get("PixelData") != received.get("PixelData"):
        if not numpy.array_equal(pixels(original), pixels(received)):
            problems.append("the pixels differ")
    return {"syntax": received.file_meta.TransferSyntaxUID, "problems": problems}


json.dump([compare(case) for case in json.load(sys.stdin)], sys.stdout)
