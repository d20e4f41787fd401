"""Reads every file of a folder with pydicom. Prints the problems as JSON, by file name.

Files may have values that do not fit their VR, so pixels are not interpreted. Only the number of bytes or fragments is
compared with Rows, Columns, SamplesPerPixel, BitsAllocated and NumberOfFrames.
"""

import json
import pathlib
import sys
import warnings

import pydicom
from pydicom.multival import MultiValue

UNCOMPRESSED = "1.2.840.10008.1.2.1"


def number(dataset, keyword, default):
    """Returns the first value as a number, or the default if it is missing or not a number."""
    value = dataset.get(keyword)
    if isinstance(value, MultiValue):
        value = value[0] if len(value) > 0 else None
    try:
        return int(value)
    except (TypeError, ValueError):
        return default


def complaint(path):
    """Returns the problem of a file, or None."""
    dataset = pydicom.dcmread(path)
    for _ in dataset.iterall():
        pass
    if "PixelData" not in dataset:
        return None
    frames = number(dataset, "NumberOfFrames", 1)
    if dataset.file_meta.TransferSyntaxUID != UNCOMPRESSED:
        found = len(list(pydicom.encaps.generate_fragments(dataset.PixelData))) - 1
        return None if found == frames else f"{found} fragments for {frames} frames"
    samples = number(dataset, "Rows", 0) * number(dataset, "Columns", 0) * number(dataset, "SamplesPerPixel", 1)
    bits = samples * frames * number(dataset, "BitsAllocated", 0)
    expected = (bits + 7) // 8
    expected += expected % 2
    return None if len(dataset.PixelData) == expected else f"{len(dataset.PixelData)} bytes instead of {expected}"


complaints = {}
warnings.simplefilter("ignore")
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        wrong = complaint(path)
    except Exception as error:
        wrong = f"{type(error).__name__}: {error}"
    if wrong is not None:
        complaints[path.name] = wrong
json.dump(complaints, sys.stdout)
