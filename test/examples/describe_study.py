"""Prints, as JSON, what pydicom and Pillow read of the DICOM files and PNGs below a folder."""

import json
import pathlib
import sys

import numpy
import pydicom
from PIL import Image


def describe_instance(path):
    dataset = pydicom.dcmread(path)
    described = {"modality": dataset.Modality}
    if "PixelData" in dataset:
        pixels = dataset.pixel_array
        described |= {
            "rows": int(dataset.Rows),
            "columns": int(dataset.Columns),
            "frames": int(dataset.get("NumberOfFrames", 1)),
            "slope": float(dataset.get("RescaleSlope", 1)),
            "intercept": float(dataset.get("RescaleIntercept", 0)),
            "min": int(pixels.min()),
            "max": int(pixels.max()),
            "sum": int(pixels.sum(dtype="int64")),
        }
    return str(dataset.SOPInstanceUID), described


def describe_picture(path):
    with Image.open(path) as picture:
        levels = len(numpy.unique(numpy.asarray(picture)))
        return {"mode": picture.mode, "size": list(picture.size), "showsSomething": levels > 50}


folder = pathlib.Path(sys.argv[1])
instances = dict(map(describe_instance, sorted(folder.rglob("*.dcm"))))
pictures = [describe_picture(path) for path in sorted(folder.rglob("*.png"))]
pictures.sort(key=lambda picture: picture["mode"])
print(json.dumps({"instances": instances, "pictures": pictures}))
