"""Prints what pydicom has of encapsulated files (paths as arguments): frames in base64, both offset tables, lengths."""
import base64
import json
import struct
import sys

import pydicom
from pydicom.encaps import generate_frames, parse_basic_offsets


def numbers(data):
    return [] if data is None else list(struct.unpack(f"<{len(data) // 8}Q", data))


files = []
for path in sys.argv[1:]:
    data_set = pydicom.dcmread(path)
    extended = data_set.get("ExtendedOffsetTable"), data_set.get("ExtendedOffsetTableLengths")
    frames = generate_frames(
        data_set.PixelData,
        number_of_frames=int(data_set.get("NumberOfFrames") or 1),
        extended_offsets=None if extended[0] is None else extended,
    )
    files.append(
        {
            "frames": [base64.b64encode(frame).decode() for frame in frames],
            "basic": parse_basic_offsets(data_set.PixelData),
            "extended": numbers(extended[0]),
            "lengths": numbers(extended[1]),
        }
    )
json.dump(files, sys.stdout)
