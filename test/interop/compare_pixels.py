"""Compares the pixels of two files, as independent decoders give them, or the code streams where AHI keeps those."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy
import pydicom
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import generate_fragments, generate_frames, parse_basic_offsets
from pydicom.pixels import pixel_array

from normalisations import Comparison, describe
from other_decoders import decode_otherwise

PIXEL_KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
JPEG_BASELINE, JPEG_XL = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.112"
MAY_BE_LOSSY_JPEG_2000, HTJ2K = "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"
VIDEO = {f"1.2.840.10008.1.2.4.{number}" for number in ("100", "100.1", "101", "101.1")} | {
    f"1.2.840.10008.1.2.4.{number}{suffix}" for number in range(102, 109) for suffix in ("", ".1")
}
KEPT_AS_ENCODED = {JPEG_BASELINE, MAY_BE_LOSSY_JPEG_2000, HTJ2K, JPEG_XL} | VIDEO
JPEG_2000 = {f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 201, 202, 203)}
LOSSY_SYNTAXES = KEPT_AS_ENCODED | {
    "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.81",
    "1.2.840.10008.1.2.4.93",
}
# RLE of 1-bit pixels, and the same images without it.
UNCOMPRESSED_FORMS = {
    "liver_rle.dcm": "liver.dcm",
    "liver_nonbyte_aligned_rle.dcm": "liver_nonbyte_aligned.dcm",
}


def compare_pixels(comparison: Comparison, original_path: str, output_path: str) -> str:
    """What was found: none, as encoded, equal, within one, changed; or undecodable, where no decoder reads the original.

    What no decoder reads is as encoded where every byte of it is.
    """
    original, exported = pydicom.dcmread(original_path), pydicom.dcmread(output_path)
    keyword = next((keyword for keyword in PIXEL_KEYWORDS if original.get(keyword)), None)
    if keyword is None or keyword not in exported:
        return "none"
    is_encapsulated = exported[keyword].is_undefined_length
    if is_encapsulated:
        check_fragments(comparison, exported)
    if exported.SamplesPerPixel == 3:
        check_photometric(comparison, original, exported, is_encapsulated)
    if comparison.syntax in KEPT_AS_ENCODED:
        return compare_encoded(comparison, original, exported)
    raw = original.get("PhotometricInterpretation") == exported.get("PhotometricInterpretation")
    try:
        expected = pixel_array(pydicom.dcmread(decodable(original_path)), raw=raw)
    except Exception as error:
        is_as_it_was = original[keyword].value == exported[keyword].value
        return "as encoded" if is_as_it_was else f"undecodable: {describe(error)}"
    try:
        got = pixel_array(exported, raw=raw)
    except Exception as error:
        comparison.differs("pixels", "decodable by pydicom", describe(error))
        return "unreadable"
    others = [*whole_words(original, expected), *decode_otherwise(original, exported.PhotometricInterpretation, raw)]
    return compare_arrays(comparison, [expected, *others], got)


def whole_words(original: Dataset, expected: numpy.ndarray) -> Iterator[numpy.ndarray]:
    """Native samples with the bits above the stored ones, which pydicom leaves out, and a code stream may have kept."""
    stored, allocated = original.get("BitsStored"), original.get("BitsAllocated")
    if stored in (None, allocated) or original["PixelData"].is_undefined_length or original.SamplesPerPixel > 1:
        return
    order = "<" if original.file_meta.TransferSyntaxUID.is_little_endian else ">"
    words = numpy.frombuffer(original.PixelData, expected.dtype.newbyteorder(order), expected.size)
    yield words.reshape(expected.shape)


def check_fragments(comparison: Comparison, exported: Dataset) -> None:
    """PS3.5 A.4: a fragment a frame; a Basic Offset Table, if there is one, that leads to each."""
    offsets = parse_basic_offsets(exported.PixelData)
    lengths = [len(fragment) + 8 for fragment in fragments_of(exported)]
    frames = 1 if comparison.syntax in VIDEO else int(exported.get("NumberOfFrames") or 1)
    if len(lengths) != frames:
        comparison.differs("pixels (fragments)", frames, len(lengths))
    elif offsets and offsets != [sum(lengths[:index]) for index in range(frames)]:
        comparison.differs("pixels (Basic Offset Table)", "the place of each fragment", offsets)


def check_photometric(comparison: Comparison, original: Dataset, exported: Dataset, is_encapsulated: bool) -> None:
    """PS3.5 8.2.4: with a component transform JPEG 2000 is YBR_RCT or YBR_ICT, without one it is not; nor are pixels.

    Of YBR_FULL that AHI has encoded with a component transform, decoders still give YBR_FULL.
    """
    got = exported.PhotometricInterpretation
    if not is_encapsulated:
        allowed = {"RGB", "YBR_FULL"}
    elif comparison.syntax in JPEG_2000:
        was_ybr = str(original.PhotometricInterpretation).startswith("YBR_FULL")
        allowed = transforms_of(fragments_of(exported)[0]) | ({"YBR_FULL"} if was_ybr else set())
    else:
        return
    if got not in allowed:
        comparison.differs("PhotometricInterpretation", " or ".join(sorted(allowed)), got)


def transforms_of(code_stream: bytes) -> set[str]:
    """By the marker segment COD: whether there is a component transform, and which wavelet (PS3.5 A.4.4, ISO 15444-1)."""
    at = code_stream.index(b"\xff\x52")
    has_transform, wavelet = code_stream[at + 8] == 1, code_stream[at + 13]
    if not has_transform:
        return {"RGB", "YBR_FULL"}
    return {"YBR_RCT"} if wavelet == 1 else {"YBR_ICT"}


def compare_encoded(comparison: Comparison, original: Dataset, exported: Dataset) -> str:
    expected, got = list(code_streams(comparison, original)), list(code_streams(comparison, exported))
    if expected != got:
        comparison.differs("pixels", f"{len(expected)} frames as encoded", f"{len(got)} frames, other bytes")
        return "changed"
    return "as encoded"


def code_streams(comparison: Comparison, dataset: Dataset) -> Iterator[bytes]:
    """One for each frame, or one for the whole of a video, without padding."""
    if comparison.source_syntax in VIDEO:
        yield b"".join(fragments_of(dataset)).rstrip(b"\0")
        return
    offsets = None
    if "ExtendedOffsetTable" in dataset:
        offsets = (dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths)
    frames = generate_frames(
        dataset.PixelData, number_of_frames=int(dataset.get("NumberOfFrames") or 1), extended_offsets=offsets
    )
    for frame in frames:
        yield without_boxes(frame).rstrip(b"\0")


def without_boxes(frame: bytes) -> bytes:
    """The code stream of a JP2 file, whose boxes do not belong into a DICOM file (PS3.5 A.4.4)."""
    if not frame.startswith(b"\0\0\0\x0cjP  "):
        return frame
    at = frame.index(b"jp2c")
    length = int.from_bytes(frame[at - 4 : at], "big")
    return frame[at + 4 : at - 4 + length] if length else frame[at + 4 :]


def fragments_of(dataset: Dataset) -> list[bytes]:
    return list(generate_fragments(dataset.PixelData))[1:]


def compare_arrays(comparison: Comparison, candidates: list[numpy.ndarray], got: numpy.ndarray) -> str:
    """Beside the first of what independent decoders give of the original that agrees."""
    expected = candidates[0]
    if expected.shape != got.shape:
        comparison.differs("pixels (shape)", expected.shape, got.shape)
        return "changed"
    if any(numpy.array_equal(array, got, equal_nan=array.dtype.kind == "f") for array in candidates):
        return "equal"
    is_lossy = comparison.source_syntax in LOSSY_SYNTAXES
    distances = [numpy.abs(array.astype("f8") - got.astype("f8")) for array in candidates if array.shape == got.shape]
    if is_lossy and any(is_tolerable(distance, got.itemsize) for distance in distances):
        return "within one"
    comparison.differs("pixels", f"as decoded independently, {expected.dtype}", f"{got.dtype}: {summary(distances[0])}")
    return "changed"


def summary(distance: numpy.ndarray) -> str:
    return f"max {distance.max():g} mean {distance.mean():.4f} in {numpy.mean(distance > 0):.4f} of samples"


def is_tolerable(distance: numpy.ndarray, itemsize: int) -> bool:
    """Two decoders of a lossy code stream may round a sample in a thousand to another neighbour, ten of 16 bits."""
    return distance.max() <= 1 and distance.mean() <= (0.001 if itemsize == 1 else 0.01)


def decodable(path: str) -> str:
    """The file itself, or the uncompressed form of it for what pydicom does not decode."""
    name = Path(path).name
    return str(Path(path).with_name(UNCOMPRESSED_FORMS.get(name, name)))


def compare_picture(original_path: str, path: str) -> list[dict[str, str]]:
    """Only that a PNG can be read and has the size of the image: the renderer has reference tests of its own."""
    original = pydicom.dcmread(original_path)
    try:
        with Image.open(path) as picture:
            picture.load()
            got = (picture.height, picture.width)
    except Exception as error:
        return [{"where": "picture", "expected": "readable by Pillow", "got": describe(error)}]
    expected = (original.Rows, original.Columns)
    return [] if got == expected else [{"where": "picture", "expected": str(expected), "got": str(got)}]
