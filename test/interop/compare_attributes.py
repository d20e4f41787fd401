"""Compares two data sets element by element; what a normalisation explains is noted, what none explains is a finding."""

from __future__ import annotations

from pydicom import charset
from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

from element_values import (
    NUMBERS,
    SIZES,
    canonical,
    dictionary_vr,
    element_vr,
    items_of,
    public_vr,
    render,
    same,
    texts_of,
    unknown_items,
    vrs_of_tag,
)
from normalisations import Comparison, is_shared

PIXEL_TAGS = {0x7FE00008, 0x7FE00009, 0x7FE00010}
OFFSET_TABLES = {0x7FE00001, 0x7FE00002}
SPECIFIC_CHARACTER_SET = 0x00080005
CORRECTED = {
    "PIXEL_DESCRIPTION_CORRECTED": (
        "pixel-description",
        {"Rows", "Columns", "SamplesPerPixel", "BitsAllocated", "BitsStored", "HighBit", "PhotometricInterpretation"},
    ),
    "LOSSY_COMPRESSION_DECLARED": (
        "lossy",
        {"LossyImageCompression", "LossyImageCompressionRatio", "LossyImageCompressionMethod"},
    ),
}


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


def compare_datasets(comparison: Comparison, original: Dataset, exported: Dataset, path: str = "") -> None:
    for tag in sorted(set(original.keys()) | set(exported.keys())):
        where = f"{path}{keyword_for_tag(tag) or str(tag)}"
        if tag in original and tag in exported:
            if tag not in PIXEL_TAGS or path:
                compare_elements(comparison, original, exported, tag, where)
        elif not (may_be_absent(comparison, original, tag) or may_come_and_go(comparison, original, exported, tag, path)):
            expected, got = (render(dataset, tag) if tag in dataset else "absent" for dataset in (original, exported))
            comparison.differs(where, expected, got)


def may_be_absent(comparison: Comparison, original: Dataset, tag: BaseTag) -> bool:
    if tag not in original:
        return False
    if tag.element == 0:
        return comparison.explained("group-length")
    if tag in OFFSET_TABLES:
        return comparison.explained("offset-table")
    return tag in PIXEL_TAGS and not original.get_item(tag).value and comparison.explained("empty-pixels")


def may_come_and_go(comparison: Comparison, original: Dataset, exported: Dataset, tag: BaseTag, path: str) -> bool:
    if tag == SPECIFIC_CHARACTER_SET:
        return has_better_character_set(comparison, original, exported)
    if path != "":
        return False
    return is_corrected(comparison, tag) or is_of_companion(comparison, exported, tag)


def compare_elements(comparison: Comparison, original: Dataset, exported: Dataset, tag: BaseTag, where: str) -> None:
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
    compare_vrs(comparison, original, tag, vr, where)
    are_numbers = source_vr in NUMBERS and vr in NUMBERS  # of other sizes, where private-vr explains it
    expected = canonical(comparison, original, tag, source_vr if are_numbers else vr)
    got = canonical(comparison, exported, tag, vr)
    if not same(expected, got) and not may_differ(comparison, original, exported, tag, expected, got):
        comparison.differs(where, expected, got)


def compare_vrs(comparison: Comparison, original: Dataset, tag: BaseTag, vr: str, where: str) -> None:
    """Implicit VR has the dictionary's."""
    source_vr = element_vr(original, tag)
    allowed = (source_vr or dictionary_vr(tag)).split(" or ")
    if vr not in allowed and not has_other_vr(comparison, original, tag, vr):
        comparison.differs(f"{where} (VR)", " or ".join(allowed), vr)


def has_other_vr(comparison: Comparison, original: Dataset, tag: BaseTag, vr: str) -> bool:
    if tag.is_private_creator and vr == "LO":
        return comparison.explained("creator-vr")
    if vr in (public_vr(tag) or "").split(" or "):
        return comparison.explained("public-vr")
    if tag.is_private and len(vrs_of_tag(comparison.original, tag)) > 1:
        return comparison.explained("private-vr")
    if vr == "UN" and is_unfit(original, tag):
        return comparison.explained("unfit-vr")
    return vr == "UN" and is_long(original, tag) and comparison.explained("long-vr")


def is_unfit(original: Dataset, tag: BaseTag) -> bool:
    """Whether a value is not as long as any number of values of its VR."""
    size = SIZES.get(element_vr(original, tag) or dictionary_vr(tag))
    return size is not None and len(original.get_item(tag).value or b"") % size != 0


def is_long(original: Dataset, tag: BaseTag) -> bool:
    """Whether a value of a VR with a length of 16 bits is longer than that, as only Implicit VR lets it be."""
    vr = element_vr(original, tag) or dictionary_vr(tag)
    return vr not in EXPLICIT_VR_LENGTH_32 and len(original.get_item(tag).value or b"") > 0xFFFE


def may_differ(
    comparison: Comparison, original: Dataset, exported: Dataset, tag: BaseTag, expected: object, got: object
) -> bool:
    keyword = keyword_for_tag(tag)
    if keyword == "PhotometricInterpretation" and is_colour(expected) and is_colour(got):
        return comparison.explained("photometric")
    if keyword == "PlanarConfiguration" and got == [0]:
        return comparison.explained("planar")
    if tag == SPECIFIC_CHARACTER_SET:
        return has_better_character_set(comparison, original, exported)
    if original is not comparison.original:
        return False
    return is_corrected(comparison, tag) or is_of_companion(comparison, exported, tag)


def is_corrected(comparison: Comparison, tag: BaseTag) -> bool:
    """What the export says to have corrected; that the pixels come out right shows that it had to."""
    for notice, (rule, keywords) in CORRECTED.items():
        if notice in comparison.notices and keyword_for_tag(tag) in keywords:
            return comparison.explained(rule)
    return False


def is_colour(value: object) -> bool:
    return value in (["RGB"], ["YBR_FULL"], ["YBR_FULL_422"], ["YBR_RCT"], ["YBR_ICT"])


def has_better_character_set(comparison: Comparison, original: Dataset, exported: Dataset) -> bool:
    """A term spelt right that stands for the same, or UTF-8 where the declared set is none or lacks a character."""
    declared, got = (character_set_terms(dataset) for dataset in (original, exported))
    if got == ["ISO_IR 192"]:
        is_better = not all(is_defined(term) for term in declared) or has_foreign_text(original, declared)
    else:
        is_better = charset.convert_encodings(declared) == charset.convert_encodings(got) and all(map(is_defined, got))
    return is_better and comparison.explained("character-set")


def character_set_terms(dataset: Dataset) -> list[str]:
    value = dataset.get("SpecificCharacterSet") or ""
    return [value] if isinstance(value, str) else [str(term) for term in value]


def is_defined(term: str) -> bool:
    return term == "" or term in charset.python_encoding


def has_foreign_text(dataset: Dataset, declared: list[str]) -> bool:
    """Whether there are bytes that no declared set has: any of the upper half where all there is, is ISO 646."""
    return declared in ([""], ["ISO_IR 6"]) and any(byte >= 0x80 for text in texts_of(dataset) for byte in text)


def is_of_companion(comparison: Comparison, exported: Dataset, tag: BaseTag) -> bool:
    """Whether the output has, of an attribute that an image set has once, what another instance of the set has."""
    candidates = [companion for companion in comparison.companions if companion.SeriesInstanceUID == exported.SeriesInstanceUID]
    return is_shared(tag) and any(agree(companion, exported, tag) for companion in candidates) and comparison.explained("one-value")


def agree(companion: Dataset, exported: Dataset, tag: BaseTag) -> bool:
    if (tag in companion) != (tag in exported):
        return False
    probe = Comparison(companion, exported, [])
    if tag in exported:
        compare_elements(probe, companion, exported, tag, "")
    return not probe.differences
