"""Uncompressed pixels in all the ways in which files hold them."""

from __future__ import annotations

from pathlib import Path

import numpy
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MultiFrameSingleBitSecondaryCaptureImageStorage,
)

from objects.pictures import colour, grey, image, set_native
from objects.writing import save


def write(folder: Path) -> None:
    depths(folder)
    one_bit(folder)
    colours(folder)
    byte_orders(folder)


def depths(folder: Path) -> None:
    for name, bits, signed in (
        ("signed-8", 8, True),
        ("signed-12-in-16", 12, True),
        ("unsigned-12-in-16", 12, False),
        ("unsigned-7-in-8", 7, False),
        ("unsigned-8-in-16", 8, False),
        ("unsigned-32", 32, False),
        ("signed-32", 32, True),
        ("unsigned-24-in-32", 24, False),
    ):
        pixels = grey(21, 13, bits, signed)
        if name == "unsigned-8-in-16":
            pixels = pixels.astype("u2")
        save(folder, name, image(name, pixels, bits))
    high = image("high-bit-15", grey(20, 14, 12) << 4, 12)
    high.HighBit = 15
    save(folder, "high-bit-15", high)
    unused = image("bits-above-stored", grey(20, 14, 12) | numpy.uint16(0xA000), 12)
    save(folder, "bits-above-stored", unused)
    padded = image("pixel-padding", grey(20, 14, 12, True), 12)
    padded.PixelPaddingValue, padded.PixelPaddingRangeLimit = -2048, -2000
    padded.SmallestImagePixelValue, padded.LargestImagePixelValue = -2048, 2047
    save(folder, "pixel-padding", padded)
    inverse = image("monochrome1", grey(9, 9), photometric="MONOCHROME1")
    inverse.PixelAspectRatio = [3, 2]
    save(folder, "monochrome1-odd-length", inverse)
    save(folder, "implicit-16", image("implicit-16", grey(9, 9, 16)), ImplicitVRLittleEndian)


def one_bit(folder: Path) -> None:
    """Bits are packed from the least significant one on, across the frames (PS3.5 8.1.1)."""
    for name, rows, columns, frames in (("1-bit", 13, 11, 1), ("1-bit-odd-frames", 7, 5, 9), ("1-bit-even", 8, 16, 2)):
        bits = (numpy.arange(rows * columns * frames) * 2654435761 >> 7 & 1).astype("u1")
        dataset = image(name, numpy.zeros((rows, columns), "u1"), sop_class=MultiFrameSingleBitSecondaryCaptureImageStorage)
        dataset.BitsAllocated = dataset.BitsStored = 1
        dataset.HighBit = 0
        dataset.NumberOfFrames = frames
        dataset.PixelData = numpy.packbits(bits, bitorder="little").tobytes()
        dataset.PixelData += b"\0" * (len(dataset.PixelData) % 2)
        for syntax, suffix in ((ExplicitVRLittleEndian, ""), (ImplicitVRLittleEndian, "-implicit")):
            save(folder, f"{name}{suffix}", dataset, syntax)


def colours(folder: Path) -> None:
    pixels = colour(10, 14)
    for name, photometric in (("rgb", "RGB"), ("ybr-full", "YBR_FULL")):
        save(folder, name, image(name, pixels, photometric=photometric))
    for bits in (8, 16):
        planes = colour(10, 14, bits)
        dataset = image(f"rgb-planes-{bits}", planes)
        set_native(dataset, planes.transpose(2, 0, 1))
        dataset.PlanarConfiguration = 1
        save(folder, f"rgb-planes-{bits}", dataset)
    frames = image("rgb-planes-frames", pixels)
    set_native(frames, numpy.stack([pixels.transpose(2, 0, 1), pixels[::-1].transpose(2, 0, 1)]))
    frames.PlanarConfiguration, frames.NumberOfFrames = 1, 2
    save(folder, "rgb-planes-frames", frames)
    save(folder, "rgb-12-in-16", image("rgb-12-in-16", colour(10, 14, 12), 12))
    save(folder, "rgb-odd-length", image("rgb-odd-length", colour(3, 5)))
    subsampled = image("ybr-full-422", pixels, photometric="YBR_FULL_422")
    subsampled.PixelData = halved_chroma(pixels)
    save(folder, "ybr-full-422", subsampled)


def halved_chroma(pixels: numpy.ndarray) -> bytes:
    """Y1 Y2 Cb Cr of each two pixels of a row (PS3.3 C.7.6.3.1.2)."""
    pairs = pixels.reshape(-1, 2, 3)
    return numpy.stack([pairs[:, 0, 0], pairs[:, 1, 0], pairs[:, 0, 1], pairs[:, 0, 2]], axis=-1).tobytes()


def byte_orders(folder: Path) -> None:
    for name, pixels in (("big-endian-16", grey(9, 7, 16)), ("big-endian-32", grey(9, 7, 32)), ("big-endian-rgb", colour(9, 8))):
        dataset = image(name, pixels)
        dataset.PixelData = pixels.astype(pixels.dtype.newbyteorder(">")).tobytes()
        dataset.RedPaletteColorLookupTableDescriptor = [3, 0, 16]
        dataset.RedPaletteColorLookupTableData = numpy.array([1, 0x1234, 0xFFFE], ">u2").tobytes()
        save(folder, name, dataset, ExplicitVRBigEndian)
    swapped = image("big-endian-8-as-words", grey(8, 8))
    swapped.PixelData = grey(8, 8).view(">u2").astype("<u2").tobytes()
    swapped["PixelData"].VR = "OW"
    save(folder, "big-endian-8-as-words", swapped, ExplicitVRBigEndian)
    save(folder, "deflated", image("deflated", grey(31, 17, 16)), DeflatedExplicitVRLittleEndian)
