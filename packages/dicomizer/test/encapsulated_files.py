"""Prints all frames of encapsulated files (paths as arguments) in base64, with the attributes that describe them."""
import base64
import json
import sys
import warnings

import pydicom
from pydicom.encaps import generate_frames

warnings.simplefilter("ignore")
KEYWORDS = [
    "Rows",
    "Columns",
    "SamplesPerPixel",
    "PlanarConfiguration",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PhotometricInterpretation",
]
files = []
for path in sys.argv[1:]:
    data_set = pydicom.dcmread(path)
    count = int(data_set.get("NumberOfFrames") or 1)
    frames = generate_frames(data_set.PixelData, number_of_frames=count)
    files.append(
        {
            "uid": data_set.file_meta.TransferSyntaxUID,
            "frames": [base64.b64encode(frame).decode() for frame in frames],
            "attributes": {keyword: data_set.get(keyword) for keyword in KEYWORDS if keyword in data_set},
        }
    )
json.dump(files, sys.stdout)
