"""Prints, as JSON, the transfer syntax of each DICOM file in a folder and whether its samples are those of the arrays."""

import json
import pathlib
import sys

import numpy
import pydicom

arrays, files = map(pathlib.Path, sys.argv[1:])
compared = {}
for path in sorted(files.rglob("*.dcm")):
    dataset = pydicom.dcmread(path)
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    expected = numpy.load(arrays / f"{dataset.SOPInstanceUID}.npy")
    name = f"{dataset.PhotometricInterpretation} {expected.dtype} {'x'.join(map(str, expected.shape))} of {dataset.BitsStored} bits"
    is_equal = syntax == "1.2.840.10008.1.2.1" and numpy.array_equal(dataset.pixel_array, expected)
    compared[name] = {"syntax": syntax, "isEqual": bool(is_equal)}
print(json.dumps(compared))
