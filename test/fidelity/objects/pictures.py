"""Pixels of the generated images, and the attributes that describe them."""

from __future__ import annotations

import numpy
from pydicom.dataset import Dataset
from pydicom.uid import UID, SecondaryCaptureImageStorage

from objects.writing import instance


def grey(rows: int, columns: int, bits: int = 8, signed: bool = False) -> numpy.ndarray:
    """A ramp with some texture that reaches both ends of the range of the bits."""
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    y, x = numpy.mgrid[0:rows, 0:columns].astype("f8")
    wave = (y / max(rows - 1, 1) + x / max(columns - 1, 1)) / 2
    texture = ((x * 7 + y * 13) % 11) / 11 * 0.06
    values = numpy.clip(wave + texture - 0.03, 0, 1)
    values.flat[0], values.flat[-1] = 0, 1
    size = 1 if bits <= 8 else 2 if bits <= 16 else 4
    return numpy.round(low + values * (high - low)).astype(f"{'i' if signed else 'u'}{size}")


def colour(rows: int, columns: int, bits: int = 8) -> numpy.ndarray:
    """Three planes that differ, colour by pixel."""
    plane = grey(rows, columns, bits)
    return numpy.ascontiguousarray(numpy.stack([plane, plane[::-1], plane[:, ::-1]], axis=-1))


def describe(dataset: Dataset, pixels: numpy.ndarray, bits: int | None = None, photometric: str | None = None) -> Dataset:
    """Sets the image pixel module for an array of rows, columns and, of colour, samples."""
    is_colour = pixels.ndim == 3
    dataset.SamplesPerPixel = 3 if is_colour else 1
    dataset.PhotometricInterpretation = photometric or ("RGB" if is_colour else "MONOCHROME2")
    if is_colour:
        dataset.PlanarConfiguration = 0
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.BitsAllocated = pixels.dtype.itemsize * 8
    dataset.BitsStored = bits or dataset.BitsAllocated
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = 1 if pixels.dtype.kind == "i" else 0
    return dataset


def image(
    name: str,
    pixels: numpy.ndarray,
    bits: int | None = None,
    photometric: str | None = None,
    sop_class: UID = SecondaryCaptureImageStorage,
    modality: str = "OT",
) -> Dataset:
    """An instance of an uncompressed image, without its PixelData set for the frames of something else."""
    dataset = describe(instance(sop_class, name, modality), pixels, bits, photometric)
    dataset.ConversionType = "SYN"
    set_native(dataset, pixels)
    return dataset


def set_native(dataset: Dataset, pixels: numpy.ndarray) -> None:
    data = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
    dataset.PixelData = data + b"\0" * (len(data) % 2)
    dataset["PixelData"].VR = "OB" if dataset.BitsAllocated <= 8 else "OW"
