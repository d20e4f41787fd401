"""Whole-slide images in tiles, as scanners store them."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy
from PIL import ImageCms
from pydicom.dataset import Dataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    VLWholeSlideMicroscopyImageStorage,
)

from objects.jpeg import jpeg
from objects.pictures import colour, describe, set_native
from objects.writing import code, instance, item, save, save_encoded, uid

TILE, ACROSS, DOWN = 48, 3, 2


def write(folder: Path) -> None:
    whole = colour(TILE * DOWN, TILE * ACROSS)
    tiles = [
        numpy.ascontiguousarray(whole[y * TILE : (y + 1) * TILE, x * TILE : (x + 1) * TILE])
        for y in range(DOWN)
        for x in range(ACROSS)
    ]
    j2k = {"codecformat": "j2k", "numthreads": 1}
    for name, syntax, photometric, encode in (
        ("jpeg-422", JPEGBaseline8Bit, "YBR_FULL_422", lambda tile: jpeg(tile, "4:2:2")),
        ("jpeg-rgb", JPEGBaseline8Bit, "RGB", lambda tile: imagecodecs.jpeg8_encode(tile, 90, colorspace="rgb", outcolorspace="rgb")),
        ("j2k-rct", JPEG2000Lossless, "YBR_RCT", lambda tile: imagecodecs.jpeg2k_encode(tile, 0, reversible=True, mct=True, **j2k)),
        ("j2k-rgb", JPEG2000Lossless, "RGB", lambda tile: imagecodecs.jpeg2k_encode(tile, 0, reversible=True, mct=False, **j2k)),
        ("j2k-ict", JPEG2000, "YBR_ICT", lambda tile: imagecodecs.jpeg2k_encode(tile, 40, reversible=False, mct=True, **j2k)),
        ("htj2k-rct", HTJ2KLossless, "YBR_RCT", lambda tile: imagecodecs.htj2k_encode(tile, reversible=True, rgb=True)),
    ):
        save_encoded(folder, name, slide(name, photometric), syntax, [encode(tile) for tile in tiles])
    native = slide("native", "RGB")
    set_native(native, numpy.stack(tiles))
    save(folder, "native", native, ExplicitVRLittleEndian)


def slide(name: str, photometric: str) -> Dataset:
    dataset = instance(VLWholeSlideMicroscopyImageStorage, name, "SM")
    describe(dataset, colour(TILE, TILE), photometric=photometric)
    dataset.NumberOfFrames = ACROSS * DOWN
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    dataset.TotalPixelMatrixRows, dataset.TotalPixelMatrixColumns = TILE * DOWN, TILE * ACROSS
    dataset.TotalPixelMatrixFocalPlanes, dataset.NumberOfOpticalPaths = 1, 1
    dataset.DimensionOrganizationType = "TILED_FULL"
    dataset.FrameOfReferenceUID = uid(name, "frame of reference")
    dataset.TotalPixelMatrixOriginSequence = [item(XOffsetInSlideCoordinateSystem="1.5", YOffsetInSlideCoordinateSystem="2")]
    dataset.ContainerIdentifier, dataset.IssuerOfTheContainerIdentifierSequence = "C1", []
    dataset.LossyImageCompression = "01" if "ict" in name or "jpeg" in name else "00"
    if dataset.LossyImageCompression == "01":
        dataset.LossyImageCompressionRatio = "12.5"
        dataset.LossyImageCompressionMethod = "ISO_15444_1" if "ict" in name else "ISO_10918_1"
    path = item(
        OpticalPathIdentifier="1",
        IlluminationTypeCodeSequence=[code("111744", "DCM", "Brightfield illumination")],
        IlluminationColorCodeSequence=[code("414298005", "SCT", "Full Spectrum")],
        ICCProfile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    )
    dataset.OpticalPathSequence = [path]
    measures = item(PixelMeasuresSequence=[item(PixelSpacing=["0.0005", "0.0005"], SliceThickness="0.001")])
    measures.OpticalPathIdentificationSequence = [item(OpticalPathIdentifier="1")]
    dataset.SharedFunctionalGroupsSequence = [measures]
    return dataset
