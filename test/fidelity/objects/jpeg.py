"""JPEG: baseline in the colour forms that writers use, extended, lossless; by libjpeg-turbo, Pillow and dcmtk."""

from __future__ import annotations

import io
from pathlib import Path

import imagecodecs
import numpy
from PIL import Image
from pydicom.uid import JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1

from objects.pictures import colour, grey, image
from objects.writing import run, save, save_encoded


def write(folder: Path) -> None:
    baseline(folder)
    fragments(folder)
    by_dcmtk(folder)
    by_libjpeg(folder)


def jpeg(pixels: numpy.ndarray, subsampling: str | None = None, **options: object) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "JPEG", quality=90, **({"subsampling": subsampling} if subsampling else {}), **options)
    return target.getvalue()


def baseline(folder: Path) -> None:
    for name, pixels, photometric, stream in (
        ("baseline-grey", grey(33, 29), "MONOCHROME2", jpeg(grey(33, 29))),
        ("baseline-444", colour(33, 29), "YBR_FULL", jpeg(colour(33, 29), "4:4:4")),
        ("baseline-422", colour(33, 29), "YBR_FULL_422", jpeg(colour(33, 29), "4:2:2")),
        ("baseline-420", colour(33, 29), "YBR_FULL_422", jpeg(colour(33, 29), "4:2:0")),
        ("baseline-rgb", colour(33, 29), "RGB", imagecodecs.jpeg8_encode(colour(33, 29), 90, colorspace="rgb", outcolorspace="rgb")),
        ("baseline-ycbcr-called-rgb", colour(33, 29), "RGB", jpeg(colour(33, 29), "4:2:0")),
    ):
        dataset = image(name, pixels, photometric=photometric)
        dataset.LossyImageCompression = "01"
        dataset.LossyImageCompressionRatio, dataset.LossyImageCompressionMethod = "10", "ISO_10918_1"
        save_encoded(folder, name, dataset, JPEGBaseline8Bit, [stream])


def fragments(folder: Path) -> None:
    """Frames in several fragments, and frames without an offset table."""
    from pydicom.encaps import encapsulate, encapsulate_extended, fragment_frame, itemize_fragment

    frames = [jpeg(grey(24, 24)), jpeg(grey(24, 24)[::-1].copy()), jpeg(grey(24, 24).T.copy())]
    for name in ("fragments-two", "fragments-no-table", "fragments-extended-table"):
        dataset = image(name, grey(24, 24))
        dataset.NumberOfFrames = len(frames)
        save_encoded(folder, name, dataset, JPEGBaseline8Bit, frames)
        if name == "fragments-two":
            dataset.PixelData = encapsulate(frames, fragments_per_frame=2)
        elif name == "fragments-no-table":
            dataset.PixelData = encapsulate(frames, has_bot=False)
        else:
            dataset.PixelData, dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = encapsulate_extended(frames)
        save(folder, name, dataset, JPEGBaseline8Bit)
    single = image("fragments-one-frame-in-five", grey(24, 24))
    save_encoded(folder, single_name := "fragments-one-frame-in-five", single, JPEGBaseline8Bit, frames[:1])
    single.PixelData = b"\xfe\xff\x00\xe0\0\0\0\0" + b"".join(map(itemize_fragment, fragment_frame(frames[0], 5)))
    save(folder, single_name, single, JPEGBaseline8Bit)


def by_dcmtk(folder: Path) -> None:
    for name, pixels, bits, option in (
        ("dcmtk-baseline-rgb", colour(33, 29), 8, "+eb"),
        ("dcmtk-extended-8", grey(33, 29), 8, "+ee"),
        ("dcmtk-extended-12", grey(33, 29, 12), 12, "+ee"),
        ("dcmtk-progressive", grey(33, 29), 8, "+ep"),
        ("dcmtk-lossless-16", grey(33, 29, 16), 16, "+el"),
        ("dcmtk-lossless-sv1-12", grey(33, 29, 12), 12, "+e1"),
        ("dcmtk-lossless-sv1-rgb", colour(33, 29), 8, "+e1"),
    ):
        source = save(folder, f"{name}-source", image(name, pixels, bits))
        run("dcmcjpeg", option, source, folder / f"{name}.dcm")
        source.unlink()


def by_libjpeg(folder: Path) -> None:
    twelve = image("extended-12", grey(33, 29, 12), 12)
    stream = imagecodecs.jpeg8_encode(grey(33, 29, 12), 95, bitspersample=12)
    save_encoded(folder, "extended-12", twelve, JPEGExtended12Bit, [stream])
    for name, pixels, syntax, predictor in (
        ("lossless-predictor-4", grey(33, 29, 16), JPEGLossless, 4),
        ("lossless-signed", grey(33, 29, 16, True), JPEGLosslessSV1, 1),
    ):
        stream = imagecodecs.jpeg8_encode(pixels.view("u2"), lossless=True, predictor=predictor, bitspersample=16)
        save_encoded(folder, name, image(name, pixels), syntax, [stream])
