"""Values of one element in a form that two encodings of it share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy
import pydicom
from pydicom.dataelem import RawDataElement
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag
from pydicom.values import convert_PN, convert_SQ, convert_text

from normalisations import Comparison, shorten

DEFAULT_REPERTOIRE = {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"}
TEXT = {"LO", "LT", "PN", "SH", "ST", "UC", "UT"}
SINGLE_TEXT = {"LT", "ST", "UT", "UR"}
LEADING_SPACES_MEAN = {"LT", "ST", "UT", "UC"}
REPLACEMENT = "\ufffd"
NUMBERS = {"US": "u2", "SS": "i2", "UL": "u4", "SL": "i4", "UV": "u8", "SV": "i8", "FL": "f4", "FD": "f8"}
WORDS = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8, "AT": 2}
SIZES = {vr: numpy.dtype(kind).itemsize for vr, kind in NUMBERS.items()} | WORDS | {"AT": 4}


def element_vr(dataset: Dataset, tag: BaseTag) -> str | None:
    """The VR as the file has it; undefined for Implicit VR."""
    vr = dataset.get_item(tag).VR
    return None if vr is None else str(vr)


def vrs_of_tag(dataset: Dataset, tag: BaseTag) -> set[str]:
    """Every VR with which a tag comes, at any depth."""
    found = {str(dataset.get_item(tag).VR)} if tag in dataset else set()
    for other in dataset.keys():
        for item in items_of(dataset, other) or []:
            found |= vrs_of_tag(item, tag)
    return found


def texts_of(dataset: Dataset) -> Iterator[bytes]:
    """The encoded text of a data set, without that of items, which may have a character set of their own."""
    for tag in dataset.keys():
        element = dataset.get_item(tag)
        if isinstance(element, RawDataElement) and (element.VR or dictionary_vr(tag)) in TEXT:
            yield element.value or b""


def items_of(dataset: Dataset, tag: BaseTag) -> list[Dataset] | None:
    element = dataset.get_item(tag)
    vr = element.VR or dictionary_vr(tag)
    raw = isinstance(element, RawDataElement)
    if vr != "SQ" and not (raw and vr == "UN" and element.length == 0xFFFFFFFF):
        return None
    value = dataset[tag].value
    return list(value) if value is not None else []


def unknown_items(dataset: Dataset, tag: BaseTag) -> list[Dataset]:
    """The items of a sequence that a file has as UN of defined length: Implicit VR Little Endian (PS3.5 6.2.2)."""
    return list(convert_SQ(dataset.get_item(tag).value, True, True, character_set(dataset)))


def dictionary_vr(tag: BaseTag) -> str:
    if tag.is_private_creator:
        return "LO"
    return public_vr(tag) or "UN"


def public_vr(tag: BaseTag) -> str | None:
    """The dictionary's, of repeating groups too; nothing for a tag that it does not have."""
    try:
        return None if tag.is_private else dictionary_VR(tag)
    except KeyError:
        return None


def canonical(comparison: Comparison, dataset: Dataset, tag: BaseTag, vr: str) -> object:
    element = dataset.get_item(tag)
    if not isinstance(element, RawDataElement):
        return converted(comparison, element, vr)
    data = element.value or b""
    if vr in DEFAULT_REPERTOIRE or vr in TEXT:
        texts = strings(data, vr, dataset)
        if any(REPLACEMENT in text for text in texts) and REPLACEMENT.encode() not in data:
            comparison.explained("undecodable")
        return trimmed(comparison, texts, vr)
    order = "<" if element.is_little_endian else ">"
    if vr in NUMBERS and len(data) % SIZES[vr] == 0:
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
    texts = decoded(data, vr, encodings)
    # pydicom leaves the designation of GB 2312 in the text.
    return [text.replace("\x1b$)A", "") for text in texts] if "iso_ir_58" in encodings else texts


def decoded(data: bytes, vr: str, encodings: list[str]) -> list[str]:
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


def render(dataset: Dataset, tag: BaseTag) -> str:
    element = dataset.get_item(tag)
    return f"{element.VR} {shorten(element.value)}"
