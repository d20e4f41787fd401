"""Prints what pydicom has of encapsulated files (paths as arguments): their frames and their decoded pixels in base64."""
import base64
import json
import sys

import pydicom

files = []
for path in sys.argv[1:]:
    data_set = pydicom.dcmread(path)
    count = int(data_set.get("NumberOfFrames") or 1)
    frames = pydicom.encaps.generate_frames(data_set.PixelData, number_of_frames=count)
    pixels = data_set.pixel_array
    files.append(
        {
            "frames": [base64.b64encode(frame).decode() for frame in frames],
            "pixels": base64.b64encode(pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()).decode(),
            "photometric": data_set.PhotometricInterpretation,
            "planar": data_set.get("PlanarConfiguration"),
        }
    )
json.dump(files, sys.stdout)
