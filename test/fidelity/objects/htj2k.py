"""High-Throughput JPEG 2000 of all three transfer syntaxes, by OpenJPH."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
from pydicom.uid import HTJ2K, HTJ2KLossless, HTJ2KLosslessRPCL

from objects.pictures import colour, grey, image
from objects.writing import save_encoded


def write(folder: Path) -> None:
    for name, pixels, bits, photometric in (
        ("grey-8", grey(65, 43), 8, None),
        ("grey-16", grey(65, 43, 16), 16, None),
        ("signed-16", grey(65, 43, 16, True), 16, None),
        ("rct", colour(65, 43), 8, "YBR_RCT"),
    ):
        stream = imagecodecs.htj2k_encode(pixels, reversible=True, tlm=True, rgb=pixels.ndim == 3)
        for syntax, suffix in ((HTJ2KLossless, "201"), (HTJ2KLosslessRPCL, "202"), (HTJ2K, "203")):
            full = f"lossless-{name}-{suffix}"
            save_encoded(folder, full, image(full, pixels, bits, photometric), syntax, [stream])
    for name, pixels, photometric in (
        ("lossy-grey-8", grey(65, 43), None),
        ("lossy-grey-16", grey(65, 43, 16), None),
        ("lossy-ict", colour(65, 43), "YBR_ICT"),
    ):
        stream = imagecodecs.htj2k_encode(pixels, 0.01, reversible=False, rgb=pixels.ndim == 3)
        dataset = image(name, pixels, photometric=photometric)
        dataset.LossyImageCompression = "01"
        dataset.LossyImageCompressionRatio, dataset.LossyImageCompressionMethod = "5", "ISO_15444_15"
        save_encoded(folder, name, dataset, HTJ2K, [stream])
    frames = [imagecodecs.htj2k_encode(grey(33, 21, 16)[::step].copy(), reversible=True) for step in (1, -1)]
    save_encoded(folder, "lossless-frames-203", image("lossless-frames-203", grey(33, 21, 16)), HTJ2K, frames)
