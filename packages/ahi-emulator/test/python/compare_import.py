"""Compares imported DICOM files with what pydicom reads from them.

Reads a JSON list of {"file", "document", "frames": [path], "pixels"?, "whole"?} from standard input: the document as JSON, and
the frames as returned by GetImageFrame. Prints {"<file>": [problem, ...]}. "pixels" is a file with the same pixels, if pydicom
cannot decode those of "file". "whole" is the answer of GetDICOMInstance, if the pixel data is kept in one piece. No code of
the emulator is used: values come from pydicom, HTJ2K frames from OpenJPEG.
"""

import base64
import json
import math
import sys
import warnings
import zlib

import numpy
import openjpeg
import pydicom
from pydicom.datadict import get_entry
from pydicom.encaps import generate_frames
from pydicom.pixels import pixel_array

warnings.simplefilter("ignore")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

KEPT = {
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.91",
    "1.2.840.10008.1.2.4.203",
}
IMPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2"
EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
EXPLICIT_BIG_ENDIAN = "1.2.840.10008.1.2.2"
NATIVE = {IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN, "1.2.840.10008.1.2.1.99"}
LEFT_OUT = {0x7FE00001, 0x7FE00002, 0x7FE00010}
NUMBERS = {"US", "SS", "UL", "SL", "UV", "SV", "FL", "FD"}
BINARY = {"OB", "OD", "OF", "OL", "OV", "OW", "UN"}
SWAPPED_UNITS = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}


def public_entry(tag):
    """The dictionary entry of a keyword: VR, VM, name, retired and keyword. Of repeating groups, only the first."""
    repeats = 0x5000 < tag.group < 0x5100 or 0x6000 < tag.group < 0x6100
    if tag.is_private or repeats:
        return None
    try:
        entry = get_entry(tag)
    except KeyError:
        return None
    return entry if entry[4] else None


def key_of(tag):
    entry = public_entry(tag)
    return entry[4] if entry else f"{tag.group:04X}{tag.element:04X}"


def expected_attributes(dataset, implicit, little_endian, level=0):
    attributes = {}
    for tag in dataset.keys():
        if tag.element == 0 and tag.group != 2:
            continue
        if level == 0 and tag in LEFT_OUT:
            continue
        raw = dataset.get_item(tag)
        attributes[key_of(tag)] = expected_value(dataset, tag, raw, implicit, little_endian, level)
    return attributes


def expected_value(dataset, tag, raw, implicit, little_endian, level):
    if tag.is_private and isinstance(raw, pydicom.dataelem.RawDataElement):
        is_creator = 0x10 <= tag.element <= 0xFF
        known = "LO" if is_creator else (raw.VR or "UN")
        if known == "UN":
            return "" if not raw.value else base64.b64encode(raw.value).decode()
    element = dataset[tag]
    vr = element.VR
    value = element.value
    if vr == "SQ":
        return [expected_attributes(item, implicit, little_endian, level + 1) for item in value] or None
    if vr in BINARY or (isinstance(value, bytes) and vr not in NUMBERS):
        data = value or b""
        if not little_endian and vr in SWAPPED_UNITS:
            data = numpy.frombuffer(data, f">u{SWAPPED_UNITS[vr]}").astype(f"<u{SWAPPED_UNITS[vr]}").tobytes()
        return base64.b64encode(data).decode() if data else ("" if tag.is_private and vr == "UN" else None)
    if element.is_empty:
        return None
    values = list(value) if element.VM > 1 or isinstance(value, (list, pydicom.multival.MultiValue)) else [value]
    encoded = [expected_text(vr, one) for one in values]
    entry = public_entry(tag)
    multiple = entry is not None and entry[1] != "1"
    return encoded if multiple or len(encoded) != 1 else encoded[0]


def expected_text(vr, value):
    if vr == "AT":
        return f"{int(value):08X}"
    if vr in NUMBERS:
        return str(value) if isinstance(value, float) and not math.isfinite(value) else value
    return str(getattr(value, "original_string", value) if vr in ("DS", "IS", "DA", "TM", "DT") else value)


def same(expected, actual):
    if isinstance(expected, dict):
        return isinstance(actual, dict) and expected.keys() == actual.keys() and all(
            same(value, actual[key]) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return isinstance(actual, list) and len(expected) == len(actual) and all(map(same, expected, actual))
    if isinstance(expected, str) and isinstance(actual, str):
        return expected.strip(" \0") == actual.strip(" \0") or expected == actual.rstrip("= ")  # an empty PN group
    return expected == actual


def actual_attributes(document):
    (series,) = document["Study"]["Series"].values()
    (instance,) = series["Instances"].values()
    merged = {}
    for level in (instance, series, document["Study"], document["Patient"]):
        for key, value in level["DICOM"].items():
            if key in merged:
                raise ValueError(f"{key} is at two levels")
            merged[key] = value
    return merged, instance


def compare_attributes(dataset, actual):
    syntax = dataset.file_meta.TransferSyntaxUID
    expected = expected_attributes(dataset.file_meta, False, True)
    expected |= expected_attributes(dataset, syntax == IMPLICIT_LITTLE_ENDIAN, syntax != EXPLICIT_BIG_ENDIAN)
    for key in sorted(expected.keys() | actual.keys()):
        if key not in actual:
            yield f"{key} is missing"
        elif key not in expected:
            yield f"{key} is not in the file"
        elif not same(expected[key], actual[key]):
            yield f"{key}: expected {str(expected[key])[:120]!r}, got {str(actual[key])[:120]!r}"


def expected_frames(dataset):
    array = pixel_array(dataset, raw=True)
    if int(dataset.get("NumberOfFrames", 1) or 1) == 1:
        array = array[None]
    return array


def compare_frames(dataset, instance, frames, pixels_of):
    described = instance["ImageFrames"]
    if len(described) != len(frames):
        yield f"{len(described)} frames are described, {len(frames)} were fetched"
    if "PixelData" not in dataset or not dataset.PixelData:
        if frames:
            yield "frames without PixelData"
        return
    syntax = dataset.file_meta.TransferSyntaxUID
    count = int(dataset.get("NumberOfFrames", 1) or 1)
    if count != len(frames):
        yield f"{len(frames)} frames instead of {count}"
        return
    stored = instance["StoredTransferSyntaxUID"]
    if syntax in KEPT:
        yield from compare_kept(dataset, frames, count, stored, described)
        return
    pixels = expected_frames(pixels_of)
    for index, (frame, description) in enumerate(zip(frames, described)):
        yield from compare_frame(pixels[index], frame, description, stored, index)


def compare_kept(dataset, frames, count, stored, described):
    if stored != dataset.file_meta.TransferSyntaxUID:
        yield f"stored as {stored}"
    for index, original in enumerate(generate_frames(dataset.PixelData, number_of_frames=count)):
        if original != frames[index]:
            yield f"frame {index} differs from the file"
        if described[index]["PixelDataChecksumFromBaseToFullResolution"][-1]["Checksum"] != zlib.crc32(frames[index]):
            yield f"frame {index}: checksum"
        if described[index]["MinPixelValue"] is not None:
            yield f"frame {index}: a kept frame has no range"


def compare_frame(expected, frame, description, stored, index):
    checksum = description["PixelDataChecksumFromBaseToFullResolution"][-1]
    rows, columns = expected.shape[:2]
    if (checksum["Width"], checksum["Height"]) != (columns, rows):
        yield f"frame {index}: size {checksum}"
    if stored == "1.2.840.10008.1.2.1":
        data = raw_bytes(expected, frame)
        if data != frame:
            yield f"frame {index}: kept samples differ"
        if checksum["Checksum"] != zlib.crc32(frame):
            yield f"frame {index}: checksum"
        return
    decoded = openjpeg.decode(bytes(frame))
    if decoded.shape != expected.shape or not numpy.array_equal(decoded.astype("i8"), expected.astype("i8")):
        yield f"frame {index}: {decoded.dtype}{decoded.shape} differs from {expected.dtype}{expected.shape}"
    if zlib.crc32(decoded.tobytes()) != checksum["Checksum"]:
        yield f"frame {index}: checksum"
    if (description["MinPixelValue"], description["MaxPixelValue"]) != (int(expected.min()), int(expected.max())):
        yield f"frame {index}: range {description['MinPixelValue']} to {description['MaxPixelValue']}"
    if description["FrameSizeInBytes"] != len(frame):
        yield f"frame {index}: FrameSizeInBytes"


def compare_whole(dataset, instance, case):
    if instance["ImageFrames"] or case["frames"] or "StoredTransferSyntaxUID" in instance:
        yield "frames in addition to pixel data kept in one piece"
    whole = pydicom.dcmread(case["whole"])
    syntax = dataset.file_meta.TransferSyntaxUID
    if whole.file_meta.TransferSyntaxUID != (EXPLICIT_LITTLE_ENDIAN if syntax in NATIVE else syntax):
        yield f"the whole instance is in {whole.file_meta.TransferSyntaxUID}"
    if whole.PixelData != dataset.PixelData:
        yield "the pixel data differs"
    for tag in dataset.keys() | whole.keys():
        if tag.element != 0 and (tag not in dataset or tag not in whole):
            yield f"{tag} is in only one of the two files"


def raw_bytes(expected, frame):
    if expected.size > len(frame):
        return numpy.packbits(expected.ravel(), bitorder="little").tobytes()
    return expected.astype(expected.dtype.newbyteorder("<")).tobytes()


def compare(case):
    with open(case["document"], "rb") as file:
        document = json.load(file)
    frames = []
    for path in case["frames"]:
        with open(path, "rb") as file:
            frames.append(file.read())
    dataset = pydicom.dcmread(case["file"])
    actual, instance = actual_attributes(document)
    if "whole" in case:
        return [*compare_attributes(dataset, actual), *compare_whole(dataset, instance, case)]
    pixels_of = pydicom.dcmread(case["pixels"]) if "pixels" in case else dataset
    return [*compare_attributes(dataset, actual), *compare_frames(dataset, instance, frames, pixels_of)]


def attempt(case):
    try:
        return compare(case)
    except Exception as error:  # one file that pydicom cannot read says nothing about the others
        return [f"comparison failed: {type(error).__name__}: {error}"]


json.dump({case["file"]: attempt(case) for case in json.load(sys.stdin)}, sys.stdout)
