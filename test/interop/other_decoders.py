"""What further independent decoders give of lossy code streams, of which no two decoders make quite the same.

pydicom decodes JPEG by libjpeg (of the JPEG committee) and JPEG 2000 by OpenJPEG; imagecodecs has libjpeg-turbo and OpenJPH.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import imagecodecs
import numpy
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.pixels import convert_color_space


def decode_otherwise(dataset: Dataset, photometric: str, raw: bool) -> Iterator[numpy.ndarray]:
    """The pixels as pydicom would shape them: as they are coded where `raw`, else with colours as RGB.

    The photometric interpretation is what the export says that the code stream is.
    """
    decode = DECODERS.get(str(dataset.file_meta.TransferSyntaxUID))
    if decode is None:
        return
    count = int(dataset.get("NumberOfFrames") or 1)
    frames = [decode(frame, photometric) for frame in generate_frames(dataset.PixelData, number_of_frames=count)]
    pixels = numpy.stack(frames) if count > 1 else frames[0]
    yield pixels if raw or not photometric.startswith("YBR_FULL") else convert_color_space(pixels, photometric, "RGB")


def decode_jpeg(frame: bytes, photometric: str) -> numpy.ndarray:
    if photometric.startswith("YBR"):
        return imagecodecs.jpeg8_decode(frame, colorspace="ycbcr", outcolorspace="ycbcr")
    if photometric == "RGB":
        return imagecodecs.jpeg8_decode(frame, colorspace="rgb", outcolorspace="rgb")
    return imagecodecs.jpeg8_decode(frame)


def decode_htj2k(frame: bytes, photometric: str) -> numpy.ndarray:
    return imagecodecs.htj2k_decode(frame)


DECODERS: dict[str, Callable[[bytes, str], numpy.ndarray]] = {
    "1.2.840.10008.1.2.4.50": decode_jpeg,
    "1.2.840.10008.1.2.4.51": decode_jpeg,
    "1.2.840.10008.1.2.4.203": decode_htj2k,
}
