"""Reads PNGs by Pillow.

usage: png_samples.py LIST

LIST is a file with a path on each line. Writes the samples of each beside it, PATH.samples (row order, colour by pixel, one
byte each or two, little endian), and prints a list of width, height, channels and, where it has a pHYs chunk in metres, pixels
a metre.
"""

import json
import sys
from pathlib import Path

import numpy
from PIL import Image

read = []
for path in Path(sys.argv[1]).read_text().splitlines():
    with Image.open(path) as picture:
        samples = numpy.asarray(picture)
        density = [round(value / 0.0254) for value in picture.info["dpi"]] if "dpi" in picture.info else None
    channels = samples.shape[2] if samples.ndim == 3 else 1
    samples.astype("u1" if samples.dtype == "u1" else "<u2").tofile(f"{path}.samples")
    read.append({"size": [samples.shape[1], samples.shape[0], channels], "density": density})
print(json.dumps(read))
