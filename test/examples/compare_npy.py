"""Prints, as JSON, for each NumPy array of an export whether it is what pydicom reads of the imported DICOM file."""

import json
import pathlib
import sys

import numpy
import pydicom

imported, export = map(pathlib.Path, sys.argv[1:])
paths = {str(pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID): path for path in imported.glob("*.dcm")}
compared = []
for line in (export / "manifest.ndjson").read_text().splitlines():
    entry = json.loads(line)
    if "path" not in entry:
        continue
    array = numpy.load(export / entry["path"])
    pixels = pydicom.dcmread(paths[entry["sopInstanceUid"]]).pixel_array
    expected = pixels if entry["frames"] > 1 else pixels[numpy.newaxis]
    is_equal = array.dtype == expected.dtype and numpy.array_equal(array, expected)
    compared.append({"type": str(array.dtype), "shape": array.shape, "isEqual": bool(is_equal)})
print(json.dumps(compared))
