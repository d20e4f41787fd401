"""Compares exported DICOM files with the files that were imported, attribute by attribute and pixel by pixel.

Usage: compare.py WORK_LIST. The work list is JSON: a list of {"name", "original", "outputs": [{"kind", "path"}]}, where
original and path are files, or folders whose files belong together by SOPInstanceUID.
Prints JSON: {"rules": {id: description}, "files": [{"name", "kind", "differences": [...], "applied": [...],
"pixels": ...}]}. A difference that no normalisation of AWS HealthImaging explains is a finding; `rules` is the whole
list of those normalisations, the same as the table of docs/normalisation.md.

pydicom reads and decodes both sides; nothing of the project's own code takes part.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from pathlib import Path

import numpy
import pydicom
import pydicom.misc
from PIL import Image
from pydicom import config
from pydicom.dataelem import RawDataElement
from pydicom.datadict import dictionary_has_tag, dictionary_VR, keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.encaps import generate_fragments
from pydicom.pixels import pixel_array
from pydicom.values import convert_PN, convert_SQ, convert_text

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
config.settings.reading_validation_mode = config.IGNORE
config.replace_un_with_known_vr = False

RULES = {
    "file-meta": "group 0002 is generated anew",
    "group-length": "group lengths (gggg,0000) are dropped",
    "padding": "spaces and NULs around string values that carry no meaning are trimmed",
    "public-vr": "the VR of a public attribute is the dictionary's",
    "creator-vr": "a private creator is LO",
    "private-vr": "a private tag that has several VRs in one file has the one that can hold its value",
    "photometric": "Photometric Interpretation says what the decoder gives",
    "planar": "Planar Configuration is 0, colour by pixel",
}

PIXEL_KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
PIXEL_TAGS = {0x7FE00008, 0x7FE00009, 0x7FE00010}
DEFAULT_REPERTOIRE = {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"}
TEXT = {"LO", "LT", "PN", "SH", "ST", "UC", "UT"}
SINGLE_TEXT = {"LT", "ST", "UT", "UR"}
LEADING_SPACES_MEAN = {"LT", "ST", "UT", "UC"}
NUMBERS = {"US": "u2", "SS": "i2", "UL": "u4", "SL": "i4", "UV": "u8", "SV": "i8", "FL": "f4", "FD": "f8"}
WORDS = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8, "AT": 2}
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
FRAMES_KEPT_AS_ENCODED = {JPEG_BASELINE, "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"}
# RLE of 1-bit pixels, and the same images without it.
UNCOMPRESSED_FORMS = {
    "liver_rle.dcm": "liver.dcm",
    "liver_nonbyte_aligned_rle.dcm": "liver_nonbyte_aligned.dcm",
}
LOSSY_SYNTAXES = FRAMES_KEPT_AS_ENCODED | {
    "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.81",
    "1.2.840.10008.1.2.4.93",
}


class Comparison:
    """The findings of one output against its original."""

    def __init__(self, original: Dataset, output: Dataset) -> None:
        self.source_syntax = transfer_syntax(original)
        self.syntax = transfer_syntax(output)
        self.vrs_of_tags = vrs_of_tags(original, {})
        self.differences: list[dict[str, str]] = []
        self.applied: set[str] = set()

    def differs(self, where: str, expected: object, got: object) -> None:
        self.differences.append({"where": where, "expected": shorten(expected), "got": shorten(got)})

    def explained(self, rule: str) -> None:
        if rule not in RULES:
            raise KeyError(rule)
        self.applied.add(rule)


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        work = json.load(file)
    items = [part for item in work for part in (items_of_folders(item) if Path(item["original"]).is_dir() else [item])]
    files = [compare_file(item, output) for item in items for output in item["outputs"]]
    json.dump({"rules": RULES, "files": files}, sys.stdout)


def items_of_folders(item: dict) -> list[dict]:
    """One item for each original; one without a file of its SOPInstanceUID in an output is compared with nothing."""
    originals = files_by_uid(item["original"])
    outputs = [{**output, "files": files_by_uid(output["path"])} for output in item["outputs"]]
    return [
        {
            "name": f"{item['name']}/{uid}",
            "original": path,
            "outputs": [{"kind": output["kind"], "path": output["files"].get(uid, "absent")} for output in outputs],
        }
        for uid, path in originals.items()
    ]


def files_by_uid(folder: str) -> dict[str, str]:
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file() and pydicom.misc.is_dicom(path):
            uid = pydicom.dcmread(path, specific_tags=["SOPInstanceUID"]).get("SOPInstanceUID")
            if uid is not None:
                found[str(uid)] = str(path)
    return found


def compare_file(item: dict, output: dict) -> dict:
    result = {"name": item["name"], "kind": output["kind"], "differences": [], "applied": [], "pixels": "none"}
    if output["kind"] == "png":
        result["differences"] = compare_picture(item["original"], output["path"])
        return result
    try:
        original = pydicom.dcmread(item["original"])
        exported = pydicom.dcmread(output["path"])
    except Exception as error:  # an output that pydicom cannot read is itself a finding
        result["differences"] = [{"where": "file", "expected": "readable by pydicom", "got": describe(error)}]
        return result
    comparison = Comparison(original, exported)
    compare_file_meta(comparison, exported)
    compare_datasets(comparison, original, exported, "")
    result["pixels"] = compare_pixels(comparison, item["original"], output["path"])
    result["differences"] = comparison.differences
    result["applied"] = sorted(comparison.applied)
    return result


# Attributes


def compare_file_meta(comparison: Comparison, exported: Dataset) -> None:
    comparison.explained("file-meta")
    meta = exported.file_meta
    expected = {
        "FileMetaInformationVersion": b"\x00\x01",
        "MediaStorageSOPClassUID": exported.get("SOPClassUID"),
        "MediaStorageSOPInstanceUID": exported.get("SOPInstanceUID"),
    }
    for keyword, value in expected.items():
        if meta.get(keyword) != value:
            comparison.differs(keyword, value, meta.get(keyword))
    if not meta.get("ImplementationClassUID"):
        comparison.differs("ImplementationClassUID", "a UID", None)


def compare_datasets(comparison: Comparison, original: Dataset, exported: Dataset, path: str) -> None:
    tags = sorted(set(original.keys()) | set(exported.keys()))
    for tag in tags:
        where = f"{path}{keyword_for_tag(tag) or str(tag)}"
        if tag not in exported:
            if not may_be_absent(comparison, tag):
                comparison.differs(where, render(original, tag), "absent")
        elif tag not in original:
            comparison.differs(where, "absent", render(exported, tag))
        elif tag not in PIXEL_TAGS:
            compare_elements(comparison, original, exported, tag, where)


def may_be_absent(comparison: Comparison, tag: pydicom.tag.BaseTag) -> bool:
    if tag.element == 0:
        comparison.explained("group-length")
        return True
    return False


def compare_elements(comparison: Comparison, original: Dataset, exported: Dataset, tag, where: str) -> None:
    vr = element_vr(exported, tag)
    source_vr = element_vr(original, tag)
    expected_items, got_items = items_of(original, tag), items_of(exported, tag)
    if source_vr == "UN" and expected_items is None and got_items is not None:
        comparison.explained("public-vr")
        expected_items = unknown_items(original, tag)
    if expected_items is not None and got_items is not None:
        if len(expected_items) != len(got_items):
            comparison.differs(f"{where} (items)", len(expected_items), len(got_items))
        for index, (left, right) in enumerate(zip(expected_items, got_items)):
            compare_datasets(comparison, left, right, f"{where}[{index}].")
        return
    if (expected_items is None) != (got_items is None):
        comparison.differs(where, f"{source_vr} {render(original, tag)}", f"{vr} {render(exported, tag)}")
        return
    compare_vrs(comparison, tag, source_vr, vr, where)
    expected = canonical(comparison, original, tag, vr)
    got = canonical(comparison, exported, tag, vr)
    if not same(expected, got) and not may_differ(comparison, keyword_for_tag(tag), expected, got):
        comparison.differs(where, expected, got)


def compare_vrs(comparison: Comparison, tag, source_vr: str | None, vr: str, where: str) -> None:
    if source_vr in (None, vr):
        return
    if tag.is_private_creator and vr == "LO":
        comparison.explained("creator-vr")
        return
    public = not tag.is_private and dictionary_has_tag(tag)
    if public and vr in dictionary_VR(tag).split(" or "):
        comparison.explained("public-vr")
        return
    if len(comparison.vrs_of_tags.get(tag, ())) > 1:
        comparison.explained("private-vr")
        return
    comparison.differs(f"{where} (VR)", source_vr, vr)


def may_differ(comparison: Comparison, keyword: str, expected: object, got: object) -> bool:
    if keyword == "PhotometricInterpretation" and is_colour(expected) and is_colour(got):
        comparison.explained("photometric")
        return True
    if keyword == "PlanarConfiguration" and got == [0]:
        comparison.explained("planar")
        return True
    return False


def is_colour(value: object) -> bool:
    return value in (["RGB"], ["YBR_FULL"], ["YBR_FULL_422"], ["YBR_RCT"], ["YBR_ICT"])


# Values of one element in a form that two encodings of it share


def element_vr(dataset: Dataset, tag) -> str | None:
    """The VR as the file has it; undefined for Implicit VR."""
    vr = dataset.get_item(tag).VR
    return None if vr is None else str(vr)


def vrs_of_tags(dataset: Dataset, found: dict[int, set[str]]) -> dict[int, set[str]]:
    """Every VR with which each private tag comes, at any depth."""
    for tag in dataset.keys():
        if tag.is_private:
            found.setdefault(tag, set()).add(str(dataset.get_item(tag).VR))
        for item in items_of(dataset, tag) or []:
            vrs_of_tags(item, found)
    return found


def items_of(dataset: Dataset, tag) -> list[Dataset] | None:
    element = dataset.get_item(tag)
    vr = element.VR or dictionary_vr(tag)
    raw = isinstance(element, RawDataElement)
    if vr != "SQ" and not (raw and vr == "UN" and element.length == 0xFFFFFFFF):
        return None
    value = dataset[tag].value
    return list(value) if value is not None else []


def unknown_items(dataset: Dataset, tag) -> list[Dataset]:
    """The items of a sequence that a file has as UN of defined length: Implicit VR Little Endian (PS3.5 6.2.2)."""
    return list(convert_SQ(dataset.get_item(tag).value, True, True, character_set(dataset)))


def dictionary_vr(tag) -> str:
    if tag.is_private_creator:
        return "LO"
    return dictionary_VR(tag) if dictionary_has_tag(tag) else "UN"


def canonical(comparison: Comparison, dataset: Dataset, tag, vr: str) -> object:
    element = dataset.get_item(tag)
    if not isinstance(element, RawDataElement):
        return converted(comparison, element, vr)
    data = element.value or b""
    if vr in DEFAULT_REPERTOIRE or vr in TEXT:
        return trimmed(comparison, strings(data, vr, dataset), vr)
    order = "<" if element.is_little_endian else ">"
    if vr in NUMBERS:
        return numpy.frombuffer(data, order + NUMBERS[vr]).tolist()
    if vr in WORDS and order == ">":
        data = numpy.frombuffer(data, f">u{WORDS[vr]}").astype(f"<u{WORDS[vr]}").tobytes()
    return data


def converted(comparison: Comparison, element: pydicom.DataElement, vr: str) -> object:
    """The same form of an element that pydicom needed, and so converted, while it read the file."""
    value = element.value
    values = [] if value is None else value if isinstance(value, (list, pydicom.multival.MultiValue)) else [value]
    if vr in DEFAULT_REPERTOIRE or vr in TEXT:
        return trimmed(comparison, [str(part) for part in values], vr)
    return list(values) if vr in NUMBERS else value or b""


def strings(data: bytes, vr: str, dataset: Dataset) -> list[str]:
    if vr in DEFAULT_REPERTOIRE:
        text = data.decode("latin-1")
        return [text] if vr in SINGLE_TEXT else text.split("\\")
    encodings = character_set(dataset)
    if vr in ("LT", "ST", "UT"):
        return [pydicom.charset.decode_bytes(data, encodings, set("\n\r\t\f"))]
    value = convert_PN(data, encodings) if vr == "PN" else convert_text(data, encodings)
    return [str(part) for part in value] if isinstance(value, (list, pydicom.multival.MultiValue)) else [str(value)]


def character_set(dataset: Dataset) -> list[str]:
    encodings = dataset._character_set
    return [encodings] if isinstance(encodings, str) else list(encodings)


def trimmed(comparison: Comparison, values: list[str], vr: str) -> list[str]:
    result = [value.rstrip(" \0") if vr in LEADING_SPACES_MEAN else value.strip(" \0") for value in values]
    if vr == "PN":
        result = ["=".join(group.rstrip("^ ") for group in value.split("=")).rstrip("=") for value in result]
    if result != values:
        comparison.explained("padding")
    return [] if result == [""] else result


def same(expected: object, got: object) -> bool:
    if isinstance(expected, bytes) and isinstance(got, bytes):
        return expected == got or (len(got) == len(expected) + 1 and got == expected + b"\0")
    if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        return all(left == right or (left != left and right != right) for left, right in zip(expected, got))
    return expected == got


def render(dataset: Dataset, tag) -> str:
    element = dataset.get_item(tag)
    return f"{element.VR} {shorten(element.value)}"


def shorten(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 160 else f"{text[:157]}..."


def describe(error: Exception) -> str:
    return shorten(f"{type(error).__name__}: {error}".replace("\n", " "))


# Pixels


def compare_pixels(comparison: Comparison, original_path: str, output_path: str) -> str:
    """One of: none, undecodable (by pydicom, on the original), identical, or a measured distance."""
    original, exported = pydicom.dcmread(original_path), pydicom.dcmread(output_path)
    keyword = next((keyword for keyword in PIXEL_KEYWORDS if keyword in original), None)
    if keyword is None:
        return "none"
    if keyword not in exported:
        return "none"
    if comparison.syntax in FRAMES_KEPT_AS_ENCODED:
        return compare_encoded(comparison, original, exported)
    raw = original.get("PhotometricInterpretation") == exported.get("PhotometricInterpretation")
    try:
        expected = pixel_array(pydicom.dcmread(decodable(original_path)), raw=raw)
    except Exception as error:
        return f"undecodable: {describe(error)}"
    try:
        got = pixel_array(exported, raw=raw)
    except Exception as error:
        comparison.differs("pixels", "decodable by pydicom", describe(error))
        return "unreadable"
    return compare_arrays(comparison, expected, got)


def compare_encoded(comparison: Comparison, original: Dataset, exported: Dataset) -> str:
    expected = b"".join(fragments_of(original))
    got = b"".join(fragments_of(exported))
    if expected.rstrip(b"\0") != got.rstrip(b"\0"):
        comparison.differs("pixels", f"{len(expected)} bytes as encoded", f"{len(got)} other bytes")
        return "changed"
    return "identical"


def fragments_of(dataset: Dataset) -> list[bytes]:
    return list(generate_fragments(dataset.PixelData))[1:]


def compare_arrays(comparison: Comparison, expected: numpy.ndarray, got: numpy.ndarray) -> str:
    if expected.shape != got.shape:
        comparison.differs("pixels (shape)", expected.shape, got.shape)
        return "changed"
    if numpy.array_equal(expected, got, equal_nan=expected.dtype.kind == "f"):
        return "identical"
    distance = numpy.abs(expected.astype("f8") - got.astype("f8"))
    summary = f"max {distance.max():g} mean {distance.mean():.4f} in {numpy.mean(distance > 0):.4f} of samples"
    if comparison.source_syntax not in LOSSY_SYNTAXES or not tolerable(distance, comparison.source_syntax):
        comparison.differs("pixels", f"as decoded by pydicom, {expected.dtype}", f"{got.dtype}: {summary}")
    return summary


def tolerable(distance: numpy.ndarray, syntax: str) -> bool:
    """Two decoders of a lossy code stream may round a sample in a thousand to another neighbour.

    Those of JPEG differ in their inverse DCT too, which the standard leaves open, and colours are converted after it.
    """
    greatest, mean = (3, 0.15) if syntax == JPEG_BASELINE else (1, 0.001)
    return distance.max() <= greatest and distance.mean() <= mean


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


def transfer_syntax(dataset: Dataset) -> str:
    return str(dataset.file_meta.get("TransferSyntaxUID", ""))


if __name__ == "__main__":
    main()
