"""Every VR with one value, several, and none; extreme values; values that break their VR; deep nesting."""

from __future__ import annotations

import struct
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from objects.pictures import grey, image
from objects.writing import item, save, save_as_is, set_bytes

MAXIMUM = {
    "US": (0, 0xFFFF), "SS": (-0x8000, 0x7FFF), "UL": (0, 0xFFFFFFFF), "SL": (-0x80000000, 0x7FFFFFFF),
    "UV": (0, 2**64 - 1), "SV": (-(2**63), 2**63 - 1),
    "FL": (1.17549435e-38, -3.4028234663852886e38), "FD": (5e-324, -1.7976931348623157e308),
}
TEXTS = {
    "AE": ["STORE", "OTHER"], "AS": ["003M", "099Y"], "CS": ["A_1", "B 2"], "DA": ["20240229", "19991231"],
    "DS": ["1.500", "-1E-5"], "DT": ["20240229101112.123456+0100", "2024"], "IS": ["+7", "-2147483648"],
    "LO": ["One thing", "another"], "PN": ["Last^First^Middle^Dr^MD", "Other=Ideo=Phon"], "SH": ["short", "sh"],
    "TM": ["101112.5", "10"], "UC": ["unlimited", " leading"], "UI": ["1.2.3", "1.2.840.10008.1.2"],
}
SINGLE_TEXTS = {"LT": " leading\r\nlines\tand \\ backslash", "ST": "short text\\", "UT": "unlimited\f text", "UR": "http://a.b/c?d=e&f"}
WORDS = {"OB": b"\1\2\3", "OD": struct.pack("<2d", 1.5, float("nan")), "OF": struct.pack("<2f", -0.0, 2.5), "OL": b"\1\2\3\4" * 3, "OV": bytes(range(16)), "OW": b"\1\2\3\4", "UN": b"\0\xff"}


def write(folder: Path) -> None:
    for name, syntax in (("every-vr", None), ("every-vr-big-endian", ExplicitVRBigEndian), ("every-vr-implicit", ImplicitVRLittleEndian)):
        dataset = image(name, grey(9, 8))
        add_every_vr(dataset)
        save(folder, name, dataset, *([syntax] if syntax else []))
    public(folder)
    public_implicit = image("empty-implicit", grey(9, 8))
    add_empty_attributes(public_implicit)
    save(folder, "empty-implicit", public_implicit, ImplicitVRLittleEndian)
    for name, syntax in (("nested-20", None), ("nested-20-implicit", ImplicitVRLittleEndian)):
        save(folder, name, nested(name, 20), *([syntax] if syntax else []))
    save_as_is(folder, "broken", broken("broken"))
    save_as_is(folder, "broken-implicit", broken("broken-implicit", ImplicitVRLittleEndian), ImplicitVRLittleEndian)
    save(folder, "several-values-of-one", several_values_of_one())


def add_every_vr(dataset: Dataset) -> None:
    """Private elements have any VR; 10 apart: one value, several, none."""
    block = dataset.private_block(0x0011, "FIDELITY VR", create=True)
    values: dict[str, list] = {vr: list(ends) for vr, ends in MAXIMUM.items()} | TEXTS | {"AT": [0x00100020, 0xFFFEE000]}
    for index, (vr, several) in enumerate(sorted(values.items())):
        block.add_new(index, vr, several[0])
        block.add_new(index + 0x40, vr, several)
        block.add_new(index + 0x80, vr, None)
    for index, (vr, single) in enumerate(sorted((SINGLE_TEXTS | WORDS).items()), start=len(values)):
        block.add_new(index, vr, single)
        block.add_new(index + 0x80, vr, None)
    block.add_new(0xF0, "FD", [float("nan"), float("inf"), float("-inf"), -0.0, 0.1])
    block.add_new(0xF1, "FL", [float("nan"), float("inf"), float("-inf"), -0.0, 0.5])


def public(folder: Path) -> None:
    """Public attributes of the rarer VRs and forms."""
    dataset = image("public", grey(9, 8))
    dataset.SelectorUVValue, dataset.SelectorSVValue = [1, 2**63], [-1, -(2**62)]
    dataset.SelectorURValue = "https://example.org/%20"
    dataset.SelectorUCValue = ["one", "two words"]
    dataset.SelectorOVValue, dataset.SelectorOLValue = bytes(range(16)), bytes(range(8))
    dataset.SelectorODValue, dataset.SelectorOFValue = struct.pack("<d", 0.1), struct.pack("<f", 0.1)
    dataset.SelectorOBValue, dataset.SelectorOWValue = b"\1\2\3\4", b"\1\2"
    dataset.SelectorFDValue, dataset.SelectorFLValue = [0.1, -0.0, 1e300], [0.5, float("inf")]
    dataset.SelectorATValue = [0x00100010, 0x0018002A]
    dataset.SelectorDSValue = ["1.", ".5", "-1.25e+10", "0000.0"]
    dataset.SelectorISValue = ["-0", "007"]
    dataset.SelectorDTValue = ["20240229101112.5-0500"]
    dataset.SelectorASValue, dataset.SelectorTMValue = "012W", ["10", "101112.000001"]
    dataset.SelectorLTValue, dataset.SelectorUTValue = " kept\r\n", " kept too"
    dataset.ImageType = ["DERIVED", "SECONDARY", "", "M"]
    dataset.OtherPatientNames = ["A^B", "", "C^D=E"]
    dataset.PatientComments = "tab\tand trailing   "
    dataset.LUTExplanation = ""
    lut = item(LUTExplanation="table", ModalityLUTType="US")
    lut.add_new(0x00283002, "US", [4, 0, 16])
    lut.add_new(0x00283006, "US", [0, 10, 20, 65535])
    window = item(LUTExplanation="as words")
    window.add_new(0x00283002, "SS", [3, -5, 12])
    window.add_new(0x00283006, "OW", b"\0\0\1\0\2\0")
    dataset.ModalityLUTSequence, dataset.VOILUTSequence = [lut], [window]
    save(folder, "public", dataset)
    save(folder, "public-implicit", dataset, ImplicitVRLittleEndian)
    empty = image("empty", grey(9, 8))
    add_empty_attributes(empty)
    save(folder, "empty", empty)


def add_empty_attributes(dataset: Dataset) -> None:
    for vr in ("AT", "AS", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "OB", "OD", "OF", "OL", "OV", "OW", "PN"):
        setattr(dataset, f"Selector{vr}Value", None)
    for vr in ("SH", "SL", "SS", "ST", "SV", "TM", "UC", "UI", "UL", "UR", "US", "UT", "UV"):
        setattr(dataset, f"Selector{vr}Value", None)
    dataset.SelectorCodeSequenceValue = []
    dataset.RequestAttributesSequence = [Dataset(), item(ScheduledProcedureStepID=""), Dataset()]
    dataset.PatientComments = ""


def nested(name: str, depth: int) -> Dataset:
    dataset = image(name, grey(9, 8))
    inner = item(TextValue="the bottom")
    for level in range(depth):
        middle = item(ValueType="CONTAINER", RelationshipType="CONTAINS", TextValue=f"level {depth - level}")
        middle.private_block(0x0041, f"LEVEL {level}", create=True).add_new(level, "SL", -level)
        middle.ContentSequence = [inner, item(TextValue="beside")]
        middle["ContentSequence"].is_undefined_length = level % 2 == 0
        inner.is_undefined_length_sequence_item = level % 3 == 0
        inner = middle
    dataset.ContentSequence = [inner]
    return dataset


def broken(name: str, syntax: UID = ExplicitVRLittleEndian) -> Dataset:
    """Values that their VR does not allow, as bytes, for pydicom would not encode them."""
    dataset = image(name, grey(9, 8))
    for vr, value in (
        ("IS", b"1A"),
        ("DS", b"1,5 "),
        ("DA", b"2020-01-31"),
        ("TM", b"10:11:12"),
        ("DT", b"yesterday "),
        ("AS", b"54"),
        ("CS", b"lower case that is longer than sixteen characters "),
        ("UI", b"1.2.abc\0"),
        ("AE", b"A TITLE THAT IS MUCH TOO LONG "),
        ("SH", b"short string of more than sixteen characters"),
        ("LO", b"x" * 100),
        ("PN", b"A^B^C^D^E^F=G=H=I "),
        ("UR", b" http://leading space/"),
        ("UL", b"\1\2"),
        ("FD", b"\1\2\3\4"),
        ("AT", b"\x10\0"),
        ("SL", b"\1\2\3\4\5\6"),
    ):
        set_bytes(dataset, f"Selector{vr}Value", vr, value, syntax)
    dataset.SelectorLTValue = "x" * 12_000
    dataset.SelectorSTValue = "y" * 2_000
    return dataset


def several_values_of_one() -> Dataset:
    """A backslash in attributes of VM 1, one value in attributes of several."""
    dataset = image("several-values-of-one", grey(9, 8))
    dataset.StudyDescription = ["two", "values"]
    dataset.SeriesDescription = ["", ""]
    dataset.KVP = ["120", "80"]
    dataset.ImageComments = "one\\value"
    dataset.ImageType = "ORIGINAL"
    dataset.add_new("PixelPaddingValue", "US", [1, 2])
    dataset.WindowCenter = ["40", ""]
    return dataset
