"""RLE and JPEG-LS by dcmtk and gdcm, JPEG XL by libjxl."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
from pydicom._uid_dict import UID_dictionary
from pydicom.uid import UID

from objects.palettes import set_tables
from objects.pictures import colour, grey, image
from objects.writing import run, save, save_encoded

JPEG_XL_LOSSLESS, JPEG_XL = UID("1.2.840.10008.1.2.4.110"), UID("1.2.840.10008.1.2.4.112")
for syntax in (JPEG_XL_LOSSLESS, JPEG_XL):  # younger than pydicom's dictionary
    UID_dictionary[syntax] = ("JPEG XL", "Transfer Syntax", "", "", "JPEGXL")


def write(folder: Path) -> None:
    palette = image("rle-palette", grey(33, 29), photometric="PALETTE COLOR")
    set_tables(palette, entries=256, bits=8)
    for name, dataset, command in (
        ("rle-palette", palette, ["dcmcrle"]),
        ("rle-signed-16", image("rle-signed-16", grey(33, 29, 16, True)), ["dcmcrle"]),
        ("rle-32", image("rle-32", grey(33, 29, 32)), ["dcmcrle"]),
        ("rle-rgb-gdcm", image("rle-rgb-gdcm", colour(33, 30)), ["gdcmconv", "--rle"]),
        ("jpeg-ls-lossless", image("jpeg-ls-lossless", grey(33, 29, 12), 12), ["dcmcjpls", "+el"]),
        ("jpeg-ls-lossless-rgb", image("jpeg-ls-lossless-rgb", colour(33, 29)), ["dcmcjpls", "+el"]),
        ("jpeg-ls-near-lossless", image("jpeg-ls-near-lossless", grey(33, 29)), ["dcmcjpls", "+en", "+md", "3"]),
        ("jpeg-ls-gdcm", image("jpeg-ls-gdcm", grey(33, 29, 16)), ["gdcmconv", "--jpegls"]),
    ):
        source = save(folder, f"{name}-source", dataset)
        run(*command, source, folder / f"{name}.dcm")
        source.unlink()
    for name, pixels, photometric, syntax, lossless in (
        ("jpeg-xl-grey-16", grey(33, 29, 16), "MONOCHROME2", JPEG_XL, True),
        ("jpeg-xl-rgb", colour(33, 29), "RGB", JPEG_XL, True),
        ("jpeg-xl-lossy", colour(33, 29), "XYB", JPEG_XL, False),
        ("jpeg-xl-lossless-110", grey(33, 29), "MONOCHROME2", JPEG_XL_LOSSLESS, True),
    ):
        stream = imagecodecs.jpegxl_encode(pixels, lossless=lossless, usecontainer=False)
        save_encoded(folder, name, image(name, pixels, photometric=photometric), syntax, [stream])
