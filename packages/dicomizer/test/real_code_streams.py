"""Prints what pydicom reads of the headers of the first frames of encapsulated files (paths as arguments).

For JPEG 2000 also the frame as OpenJPEG decodes it, untouched by pydicom, and the pixels that pydicom makes of it.
"""
import base64
import json
import sys
import warnings
from io import BytesIO

import openjpeg
import pydicom
from pydicom.encaps import generate_frames
from pydicom.pixels import pixel_array
from pydicom.pixels.utils import _get_jpg_parameters, get_j2k_parameters

warnings.simplefilter("ignore")


def encoded(array):
    return base64.b64encode(array.astype(array.dtype.newbyteorder("<")).tobytes()).decode()


files = []
for path in sys.argv[1:]:
    data_set = pydicom.dcmread(path)
    frame = next(generate_frames(data_set.PixelData, number_of_frames=int(data_set.get("NumberOfFrames") or 1)))
    parameters = get_j2k_parameters(frame) or _get_jpg_parameters(frame)
    entry = {
        "path": path,
        "frame": base64.b64encode(frame).decode(),
        "bitsPerSample": parameters.get("precision"),
        "isSigned": parameters.get("is_signed", False),
        "rows": data_set.Rows,
        "columns": data_set.Columns,
        "samples": data_set.SamplesPerPixel,
        "bitsAllocated": data_set.BitsAllocated,
        "bitsStored": data_set.BitsStored,
        "pixelRepresentation": data_set.PixelRepresentation,
        "photometric": data_set.PhotometricInterpretation,
    }
    if get_j2k_parameters(frame):
        decoded = openjpeg.decode(BytesIO(frame))
        entry["decoded"] = encoded(decoded)
        entry["pixels"] = encoded(pixel_array(data_set, index=0))
    files.append(entry)
json.dump(files, sys.stdout)
