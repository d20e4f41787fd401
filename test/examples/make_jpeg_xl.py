"""Writes DICOM files whose frames libjxl has encoded into a folder, and the samples before, as NumPy arrays, beside them."""

import pathlib
import sys

import imagecodecs
import numpy

sys.path.append(str(pathlib.Path(__file__).parents[1] / "fidelity"))

from objects.other_compression import JPEG_XL  # noqa: E402
from objects.pictures import colour, grey, image  # noqa: E402
from objects.writing import save_encoded, uid  # noqa: E402

folder = pathlib.Path(sys.argv[1])
ramp = grey(37, 50, 16)
for number, (name, frames, bits, in_boxes) in enumerate(
    (
        ("grey-16", [ramp], 16, False),
        ("grey-12", [ramp >> 4], 12, True),
        ("grey-16-signed", [grey(37, 50, 16, True)], 16, False),
        ("grey-8", [grey(37, 50)], 8, False),
        ("frames", [ramp, ramp[::-1], ramp // 3], 16, False),
        ("rgb", [colour(37, 50)], 8, True),
    )
):
    dataset = image(name, frames[0], bits)
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = uid("jpeg-xl", "study"), uid("jpeg-xl", name)
    dataset.InstanceNumber = number + 1
    unsigned = [numpy.ascontiguousarray(frame).view(f"u{frame.itemsize}") for frame in frames]
    streams = [
        imagecodecs.jpegxl_encode(frame, lossless=True, bitspersample=bits, usecontainer=in_boxes) for frame in unsigned
    ]
    save_encoded(folder, name, dataset, JPEG_XL, streams)
    numpy.save(folder / f"{dataset.SOPInstanceUID}.npy", frames[0] if len(frames) == 1 else numpy.stack(frames))
