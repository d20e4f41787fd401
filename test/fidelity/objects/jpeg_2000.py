"""JPEG 2000: lossless and lossy, with and without a component transform, in boxes; by OpenJPEG and gdcm."""

from __future__ import annotations

import io
from pathlib import Path

import imagecodecs
import numpy
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000, JPEG2000Lossless

from objects.pictures import colour, grey, image
from objects.writing import run, save, save_encoded


def write(folder: Path) -> None:
    lossless(folder)
    lossy(folder)
    by_gdcm(folder)


def stream(pixels: numpy.ndarray, level: int = 0, **options: object) -> bytes:
    return imagecodecs.jpeg2k_encode(pixels, level, codecformat="j2k", numthreads=1, **options)


def lossless(folder: Path) -> None:
    for name, pixels, bits, photometric, options in (
        ("lossless-grey-8", grey(65, 43), 8, None, {}),
        ("lossless-grey-12", grey(65, 43, 12), 12, None, {"bitspersample": 12}),
        ("lossless-grey-12-as-16", grey(65, 43, 12), 12, None, {}),
        ("lossless-grey-16-called-12", grey(65, 43, 16), 12, None, {}),
        ("lossless-signed-8", grey(65, 43, 8, True), 8, None, {}),
        ("lossless-signed-16", grey(65, 43, 16, True), 16, None, {}),
        ("lossless-rgb", colour(65, 43), 8, "RGB", {"mct": False}),
        ("lossless-rct", colour(65, 43), 8, "YBR_RCT", {"mct": True}),
        ("lossless-rgb-16", colour(65, 43, 16), 16, "YBR_RCT", {"mct": True}),
        ("lossless-ybr-full", colour(65, 43), 8, "YBR_FULL", {"mct": False}),
    ):
        encoded = stream(pixels, reversible=True, **options)
        for syntax, suffix in ((JPEG2000Lossless, ""), (JPEG2000, "-91")):
            save_encoded(folder, f"{name}{suffix}", image(name, pixels, bits, photometric), syntax, [encoded])
    frames = [stream(grey(33, 21, 16)), stream(grey(33, 21, 16)[::-1].copy())]
    save_encoded(folder, "lossless-frames", image("lossless-frames", grey(33, 21, 16)), JPEG2000Lossless, frames)
    boxed = imagecodecs.jpeg2k_encode(grey(65, 43), 0, codecformat="jp2", reversible=True)
    for syntax, suffix in ((JPEG2000Lossless, ""), (JPEG2000, "-91")):
        save_encoded(folder, f"boxed{suffix}", image("boxed", grey(65, 43)), syntax, [boxed])


def lossy(folder: Path) -> None:
    for name, pixels, bits, photometric, options in (
        ("lossy-grey-8", grey(65, 43), 8, None, {}),
        ("lossy-grey-12", grey(65, 43, 12), 12, None, {"bitspersample": 12}),
        ("lossy-signed-16", grey(65, 43, 16, True), 16, None, {}),
        ("lossy-rgb", colour(65, 43), 8, "RGB", {"mct": False}),
        ("lossy-ict", colour(65, 43), 8, "YBR_ICT", {"mct": True}),
        ("lossy-ict-called-rgb", colour(65, 43), 8, "RGB", {"mct": True}),
    ):
        encoded = stream(pixels, 40, reversible=False, **options)
        save_encoded(folder, name, lossily(image(name, pixels, bits, photometric)), JPEG2000, [encoded])
    tiled = io.BytesIO()
    Image.fromarray(grey(130, 90)).save(tiled, "JPEG2000", no_jp2=True, irreversible=True, tile_size=(64, 64))
    save_encoded(folder, "lossy-tiles", lossily(image("lossy-tiles", grey(130, 90))), JPEG2000, [tiled.getvalue()])


def lossily(dataset: Dataset) -> Dataset:
    dataset.LossyImageCompression = "01"
    dataset.LossyImageCompressionRatio, dataset.LossyImageCompressionMethod = "8", "ISO_15444_1"
    return dataset


def by_gdcm(folder: Path) -> None:
    for name, pixels, options in (
        ("gdcm-lossless", grey(33, 29, 16), ["--j2k"]),
        ("gdcm-lossless-rgb", colour(33, 29), ["--j2k"]),
        ("gdcm-lossy", grey(33, 29), ["--j2k", "--lossy", "-q", "30"]),
    ):
        source = save(folder, f"{name}-source", image(name, pixels))
        run("gdcmconv", *options, source, folder / f"{name}.dcm")
        source.unlink()
